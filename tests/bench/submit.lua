-- One complainant after the other on each connection (wrk is given as many threads as connections, so a thread has one): the form from its
-- first page to the receipt, ten requests a submission.  A page that is not as expected ends the run with an error.
local threads = {}

function setup(thread)
  thread:set("id", #threads + 1)
  table.insert(threads, thread)
end

local story = "story=2026%E5%B9%B411%E6%9C%881%E6%97%A5%E4%BB%98%E6%AC%BE176%E5%85%83%E4%B9%B0%E7%82%B9%E5%8D%A1%EF%BC%8C" ..
  "%E8%87%B3%E4%BB%8A%E6%B2%A1%E6%9C%89%E5%88%B0%E8%B4%A6%EF%BC%8C%E5%AE%A2%E6%9C%8D%E4%B8%8D%E5%9B%9E%E3%80%82"
local steps = {
  { "GET", "/complaint/platform" },
  { "POST", "/complaint/platform", function()
    return "&platform=%E7%A4%BA%E4%BE%8B%E5%8D%A1%E7%9B%9F%E7%94%B2&platform_link=&product=game_card&order_no=AB-" .. id .. "-" .. os.time() .. "-" ..
      submitted .. "&pay_method=alipay&payment_no="
  end, "/complaint/story" },
  { "GET", "/complaint/story" },
  { "POST", "/complaint/story", function() return "&problem=not_received&paid_on=&amount=176.00&" .. story .. "&wanted=refund&wanted_other=" end,
    "/complaint/evidence" },
  { "GET", "/complaint/evidence" },
  { "GET", "/complaint/contact" },
  { "POST", "/complaint/contact", function()
    return "&who=self&guardian_relation=&agent_for=&contact_way=mobile&mobile=13800138000&email=&call_name=&safe=text&hours=&purpose=own_use"
  end, "/complaint/check" },
  { "GET", "/complaint/check" },
  { "POST", "/complaint/submit", function() return "&submission_id=" .. submission .. "&agree=1&agree_identity=1&website=" end, "/complaint/receipt" },
  { "GET", "/complaint/receipt" },
}

function init(args)
  origin = args[1]
  step, submitted, wrong, submission, token, cookies = 1, 0, 0, "", "", {}
end

function request()
  local now = steps[step]
  local parts = {}
  for name, value in pairs(cookies) do table.insert(parts, name .. "=" .. value) end
  local headers = { ["Host"] = origin:match("//(.*)"), ["Accept"] = "text/html", ["Accept-Language"] = "zh-CN" }
  if #parts > 0 then headers["Cookie"] = table.concat(parts, "; ") end
  if now[1] == "GET" then return wrk.format("GET", now[2], headers) end
  headers["Origin"] = origin
  headers["Sec-Fetch-Site"] = "same-origin"
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("POST", now[2], headers, "csrf=" .. token .. now[3]())
end

function response(status, headers, body)
  local now = steps[step]
  local cookie = headers["Set-Cookie"]
  if cookie then
    local name, value = cookie:match("^([^=]+)=([^;]*)")
    cookies[name] = value ~= "" and value or nil
  end
  local fits = now[1] == "GET" and status == 200 or status == 303 and headers["Location"] == now[4]
  if not fits then
    wrong = wrong + 1
    failure = now[1] .. " " .. now[2] .. " " .. status .. " " .. (headers["Location"] or "")
    step, cookies = 1, {}
    return
  end
  if now[1] == "GET" then
    -- The form's own token: the pages of the form have it in the form that posts to the next address.
    local target = steps[step + 1] and steps[step + 1][2] or ""
    local form = body:match('<form[^>]*action="' .. target .. '"[^>]*>(.-)</form>') or body
    token = form:match('name="csrf" value="([^"]+)"') or token
    submission = form:match('name="submission_id" value="([^"]+)"') or submission
  end
  step = step + 1
  if step > #steps then
    submitted = submitted + 1
    step, cookies = 1, {}
  end
end

function done(summary, latency, requests)
  local sum, bad, what = 0, 0, nil
  for _, thread in ipairs(threads) do
    sum = sum + thread:get("submitted")
    bad = bad + thread:get("wrong")
    what = thread:get("failure") or what
  end
  io.write(string.format("Submitted: %.3f\nWrong: %d %s\n", sum / (summary.duration / 1000000), bad, what or ""))
end
