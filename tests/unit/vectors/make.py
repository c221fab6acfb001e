#!/usr/bin/env python3
"""Makes the test vectors of tests/unit/vectors/*.json: the constructions of SECURITY.md §3.3 written a second time.

Nothing here is shared with the C code except libsodium itself, called through ctypes. Randomness is a fixed stream, so a second run
writes the same bytes. The C tests only read the JSON; run this by hand when a construction is added:  python3 make.py
"""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
ULL = ctypes.c_ulonglong


# ---- a fixed stream in place of the system's randomness -------------------------------------------------------------------------------

class Stream:
    """SHAKE-256 of a label and a counter."""

    def __init__(self, label):
        self.label, self.n = label, 0

    def take(self, n):
        self.n += 1
        return hashlib.shake_256(b"aiddesk test vectors %s %d" % (self.label, self.n)).digest(n)


stream = Stream(b"1")
NAME_FN = ctypes.CFUNCTYPE(ctypes.c_char_p)
RANDOM_FN = ctypes.CFUNCTYPE(ctypes.c_uint32)
STIR_FN = ctypes.CFUNCTYPE(None)
UNIFORM_FN = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32)
BUF_FN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t)
CLOSE_FN = ctypes.CFUNCTYPE(ctypes.c_int)


class Implementation(ctypes.Structure):
    _fields_ = [("implementation_name", NAME_FN), ("random", RANDOM_FN), ("stir", STIR_FN), ("uniform", UNIFORM_FN), ("buf", BUF_FN),
                ("close", CLOSE_FN)]


fixed = Implementation(NAME_FN(lambda: b"fixed"), RANDOM_FN(lambda: struct.unpack("<I", stream.take(4))[0]), STIR_FN(lambda: None),
                       UNIFORM_FN(lambda bound: struct.unpack("<I", stream.take(4))[0] % bound),
                       BUF_FN(lambda p, n: ctypes.memmove(p, stream.take(n), n) and None), CLOSE_FN(lambda: 0))
sodium.randombytes_set_implementation(ctypes.byref(fixed))
assert sodium.sodium_init() >= 0


def rnd(n):
    return stream.take(n)


def uuid4():
    b = bytearray(rnd(16))
    b[6] = b[6] & 0x0F | 0x40
    b[8] = b[8] & 0x3F | 0x80
    return bytes(b)


# ---- libsodium ------------------------------------------------------------------------------------------------------------------------

def out(n):
    return ctypes.create_string_buffer(n)


def blake(message, key=None, n=32):
    return hashlib.blake2b(message, digest_size=n, key=key or b"").digest()


def K(key, ctx, n):
    """crypto_kdf_derive_from_key is BLAKE2b with the number as salt and the context as personalisation."""
    assert len(ctx) == 8 and len(key) == 32
    return hashlib.blake2b(b"", digest_size=32, key=key, salt=struct.pack("<Q", n) + bytes(8), person=ctx.encode() + bytes(8)).digest()


def AD(*parts):
    result = b""
    for p in parts:
        p = p.encode() if isinstance(p, str) else p
        result += struct.pack(">H", len(p)) + p
    return result


def envelope(key, ad, plain, nonce=None):
    nonce = nonce or rnd(24)
    c, n = out(len(plain) + 16), ULL()
    assert sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(c, ctypes.byref(n), plain, ULL(len(plain)), ad, ULL(len(ad)), None, nonce,
                                                             key) == 0
    return b"\x01" + nonce + c.raw


def pad(plain, block=64):
    """ISO 7816-4: 0x80, then zeros; always at least one byte."""
    return plain + b"\x80" + bytes(block - 1 - len(plain) % block)


def box_pair(seed):
    pk, sk = out(32), out(32)
    assert sodium.crypto_box_seed_keypair(pk, sk, seed) == 0
    return pk.raw, sk.raw


def box_seal(plain, pk):
    """crypto_box_seal: ephemeral key ‖ box with nonce BLAKE2b-24(ephemeral ‖ recipient)."""
    epk, esk = box_pair(rnd(32))
    c = out(len(plain) + 16)
    assert sodium.crypto_box_easy(c, plain, ULL(len(plain)), blake(epk + pk, n=24), pk, esk) == 0
    return epk + c.raw


def sign_pair(seed):
    pk, sk = out(32), out(64)
    assert sodium.crypto_sign_seed_keypair(pk, sk, seed) == 0
    return pk.raw, sk.raw


def sign(message, sk):
    s = out(64)
    assert sodium.crypto_sign_detached(s, None, message, ULL(len(message)), sk) == 0
    return s.raw


def argon2id(password, salt, ops, mem):
    m = out(32)
    assert sodium.crypto_pwhash(m, ULL(32), password, ULL(len(password)), salt, ULL(ops), ctypes.c_size_t(mem), 2) == 0
    return m.raw


class SecretStream:
    """One segment. With `empty` the text is chosen so that the cipher is all zeros: a long piece then needs no room in the file."""
    MESSAGE, FINAL = 0, 3

    def __init__(self, key):
        self.state, h = out(52), out(24)
        assert sodium.crypto_secretstream_xchacha20poly1305_init_push(self.state, h, key) == 0
        self.header = h.raw

    def push(self, plain, ad, tag):
        c = out(len(plain) + 17)
        assert sodium.crypto_secretstream_xchacha20poly1305_push(self.state, c, None, plain, ULL(len(plain)), ad, ULL(len(ad)),
                                                                 ctypes.c_ubyte(tag)) == 0
        return c.raw

    def push_zero_cipher(self, n, ad, tag):
        before = self.state.raw
        keystream = self.push(bytes(n), ad, tag)[1:-16]
        ctypes.memmove(self.state, before, len(before))
        c = self.push(keystream, ad, tag)
        assert c[1:-16] == bytes(n)
        return keystream, c


# ---- codes ----------------------------------------------------------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def gf_mul(a, b):
    r = 0
    while b:
        if b & 1:
            r ^= a
        b >>= 1
        a <<= 1
        if a & 32:
            a ^= 0b100101
    return r


def check_char(data):
    total, power = 0, 1
    for ch in data:
        power = gf_mul(power, 2)
        total ^= gf_mul(power, ALPHABET.index(ch))
    return ALPHABET[total]


def five(data, count):
    bits = "".join("{:08b}".format(b) for b in data)
    bits += "0" * (count * 5 - len(bits))
    return "".join(ALPHABET[int(bits[5 * i:5 * i + 5], 2)] for i in range(count))


def code_of(bits32):
    data = five(bits32, 23)
    return data + check_char(data)


# ---- the files ------------------------------------------------------------------------------------------------------------------------

def hexed(v):
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: hexed(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [hexed(x) for x in v]
    return v


def write(name, value):
    global stream
    with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as f:
        json.dump(hexed(value), f, ensure_ascii=False, indent=1)
        f.write("\n")


def section(name):
    """Each file has its own stream, so that a change of one leaves the others as they are."""
    global stream
    stream = Stream(name.encode())


def make_ad():
    section("ad")
    lists = [[], [b""], [b"aiddesk/1/field"], [b"a", b"", b"bc", "援助".encode()]]
    long = b"x" * 65535
    write("ad", {"lists": [{"parts": p, "ad": AD(*p)} for p in lists],
                 "long": {"n": 65535, "byte": b"x", "head": AD(long)[:2], "sha256": hashlib.sha256(AD(long)).digest()}})


def make_kdf():
    section("kdf")
    contexts = ["AdCase01", "AdFile01", "AdUser01", "AdSess01", "AdPre_01", "AdDraf01", "AdResu01", "AdSeed01", "AdCode01", "AdTrak01",
                "AdInvt01", "AdSetu01", "AdSign01", "AdDevi01"]
    key = rnd(32)
    write("kdf", {"key": key, "derived": [{"ctx": c, "n": n, "out": K(key, c, n)} for c in contexts for n in (1, 2, 3, 2**40)],
                  "hash": [{"message": m, "key": k, "out": blake(m, k)} for m in (b"", b"abc") for k in (b"", key)]})


def make_field():
    section("field")
    case, row, kc = uuid4(), uuid4(), rnd(32)
    texts = ["", "客服说“已发货”，但没有收到。", "x" * 63, "y" * 64]
    ad = AD("aiddesk/1/field", case, "complaint", row, "story")
    nonce = bytes(range(24))
    write("field", {"case": case, "key": kc, "table": "complaint", "row": row, "column": "story", "key_check": K(kc, "AdCase01", 2),
                    "fields": [{"text": t, "sealed": envelope(K(kc, "AdCase01", 1), ad, pad(t.encode()), nonce)} for t in texts],
                    "unpadded": envelope(K(kc, "AdCase01", 1), ad, bytes(64), nonce)})


def make_file():
    section("file")
    case, file, kc, number = uuid4(), uuid4(), rnd(32), 7

    def ad(segment, piece):
        return AD("aiddesk/1/file", case, file, struct.pack(">I", segment), struct.pack(">I", piece))

    segments = []
    for no, plain in enumerate([b"first " * 50, b"second " * 40, b"third"]):
        s = SecretStream(K(kc, "AdFile01", number))
        segments.append({"plain": plain, "header": s.header, "sealed": s.push(plain, ad(no, 0), s.FINAL)})
    s = SecretStream(K(kc, "AdFile01", number))
    p0, c0 = s.push_zero_cipher(262144, ad(3, 0), s.MESSAGE)
    c1 = s.push(b"rest", ad(3, 1), s.FINAL)
    write("file", {"case": case, "key": kc, "file": file, "file_no": number, "segments": segments,
                   "long": {"segment": 3, "header": s.header, "plain_bytes": 262148, "plain_sha256": hashlib.sha256(p0 + b"rest").digest(),
                            "first": c0[:1], "zeros": 262144, "then": c0[-16:] + c1}})


def make_case_seal():
    section("case_seal")
    pk, sk = box_pair(rnd(32))
    case, kc = uuid4(), rnd(32)
    write("case_seal", {"public": pk, "secret": sk, "case": case, "key": kc, "key_check": K(kc, "AdCase01", 2),
                        "sealed": box_seal(b"\x01" + case + kc, pk), "wrong_first_byte": box_seal(b"\x02" + case + kc, pk),
                        "wrong_case": box_seal(b"\x01" + uuid4() + kc, pk), "wrong_key": box_seal(b"\x01" + case + rnd(32), pk),
                        "short": box_seal(b"\x01" + case + kc[:31], pk)})


def make_group():
    section("group")
    pk, sk = box_pair(rnd(32))
    secret = rnd(32)
    seal = lambda kind, version: box_seal(b"\x02" + bytes([kind]) + struct.pack(">I", version) + secret, pk)
    write("group", {"public": pk, "secret": sk, "group_secret": secret,
                    "seals": [{"kind": k, "version": v, "sealed": seal(k, v)} for k in (1, 2) for v in (1, 258)],
                    "wrong_first_byte": box_seal(b"\x01\x01" + struct.pack(">I", 1) + secret, pk)})


def make_roster():
    section("roster")
    pk, sk = sign_pair(rnd(32))
    ids, key = uuid4(), rnd(32)
    write("roster", {"public": pk, "secret": sk, "id": ids, "key": key,
                     "signatures": [{"kind": kind, "version": v, "signature": sign(AD("aiddesk/1/roster", kind, ids, struct.pack(">I", v), key), sk)}
                                    for kind in ("user", "group", "pool") for v in (1, 2)]})


def make_password():
    section("password")
    cases = []
    for password, ops, mem in (("correct horse battery staple", 3, 64 << 20), ("口令 passwörd 𠮷", 2, 8 << 20), ("", 1, 8 << 20)):
        pepper, salt, user = rnd(32), rnd(16), uuid4()
        m = argon2id(password.encode(), salt, ops, mem)
        auth, wrap = K(m, "AdUser01", 1), K(m, "AdUser01", 2)
        wrap_key = blake(AD("aiddesk/1/wrap", user, wrap), pepper)
        secret, version = rnd(32), 3
        cases.append({"password": password, "ops": ops, "mem_bytes": mem, "salt": salt, "pepper": pepper, "user": user,
                      "verifier": blake(AD("aiddesk/1/verifier", user, auth), pepper), "wrap": wrap_key, "version": version,
                      "secret": secret, "user_key": envelope(wrap_key, AD("aiddesk/1/userkey", user, struct.pack(">I", version)), secret)})
    write("password", {"cases": cases})


def b64url(b):
    return base64.urlsafe_b64encode(b).decode().rstrip("=")


def make_session():
    section("session")
    sessions = []
    for kind, ctx in (("user", "AdSess01"), ("pre", "AdPre_01"), ("draft", "AdDraf01"), ("track", "AdTrak01"), ("link", "AdInvt01"),
                      ("setup", "AdSetu01"), ("device", "AdDevi01")):
        cookie, ids, secret, version = rnd(32), uuid4(), rnd(32), 5
        csrf = K(cookie, ctx, 3)
        t = 1790000000000000
        token = struct.pack(">Q", t)
        token += blake(AD("aiddesk/1/csrf", "note_add", token), csrf)
        sessions.append({"kind": kind, "cookie": b64url(cookie), "lookup": K(cookie, ctx, 1), "id": ids, "version": version,
                         "secret": secret, "wrapped": envelope(K(cookie, ctx, 2), AD("aiddesk/1/session", ids, struct.pack(">I", version)), secret),
                         "csrf_time_us": t, "csrf_route": "note_add", "csrf": b64url(token)})
    write("session", {"sessions": sessions})


def make_totp():
    """RFC 6238 appendix B has eight digits; six digits are their last six."""
    secret = b"12345678901234567890"
    cases = []
    for t in (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000):
        h = hmac.new(secret, struct.pack(">Q", t // 30), hashlib.sha1).digest()
        o = h[-1] & 15
        value = struct.unpack(">I", h[o:o + 4])[0] & 0x7FFFFFFF
        cases.append({"seconds": t, "step": t // 30, "code": "%06d" % (value % 10**6), "rfc": "%08d" % (value % 10**8)})
    assert [c["rfc"] for c in cases] == ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]
    b32 = base64.b32encode(secret).decode()
    write("totp", {"secret": secret, "cases": cases, "base32": " ".join(b32[i:i + 4] for i in range(0, 32, 4)),
                   "uri": "otpauth://totp/%E6%8F%B4%E5%8A%A9%E5%8F%B0:li.hua%40example.org?secret=" + b32 +
                          "&issuer=%E6%8F%B4%E5%8A%A9%E5%8F%B0&algorithm=SHA1&digits=6&period=30",
                   "issuer": "援助台", "login": "li.hua@example.org"})


def make_code():
    section("code")
    # From SECURITY.md §3.5.
    checks = {"0" * 23: "0", "1" + "0" * 22: "2", "0123456789ABCDEFGHJKMNP": "8", "ZYXWVTSRQPNMKJHGFEDCBA9": "S", "7K3MQ9TX4HVB2NRD8WYC5FJ": "0"}
    assert all(check_char(d) == c for d, c in checks.items())
    codes = []
    for _ in range(8):
        seed = rnd(32)
        bits = K(seed, "AdSeed01", 1)
        code = code_of(bits)
        root = blake(AD("aiddesk/1/code", code))
        pk, sk = box_pair(K(root, "AdCode01", 2))
        user = uuid4()
        codes.append({"seed": seed, "bits": bits, "code": code, "root": root, "lookup": K(root, "AdCode01", 1), "public": pk, "secret": sk,
                      "resume_root": blake(AD("aiddesk/1/resume", code)), "user": user,
                      "factor_lookup": blake(AD("aiddesk/1/factor-code", user, code))})
    lookup, value = rnd(32), "20261103220014"
    write("code", {"checks": [{"data": d, "check": c} for d, c in checks.items()], "codes": codes,
                   "lookup": {"key": lookup, "kind": "order", "value": value, "out": blake(AD("aiddesk/1/lookup", "order", value), lookup)}})


def make_recovery():
    section("recovery")
    cases = []
    for seed in (rnd(32), rnd(32)):
        pk, sk = box_pair(seed)
        token = rnd(32)
        check = five(blake(AD("aiddesk/1/recovery-check", sk)), 4)
        chars = five(sk, 52) + check
        cases.append({"public": pk, "secret": sk, "token": b64url(token), "lookup": K(token, "AdSetu01", 1),
                      "envelope": envelope(K(token, "AdSetu01", 2), AD("aiddesk/1/recovery", pk), sk),
                      "text": "-".join(chars[i:i + 4] for i in range(0, 56, 4))})
    zero = five(bytes(32), 52) + five(blake(AD("aiddesk/1/recovery-check", bytes(32))), 4)
    # The four bits behind the secret are not zero, though the check characters are right.
    crooked = zero[:51] + "1" + zero[52:]
    wrong_half = envelope(K(base64.urlsafe_b64decode(cases[0]["token"] + "="), "AdSetu01", 2), AD("aiddesk/1/recovery", cases[0]["public"]), rnd(32))
    write("recovery", {"cases": cases, "zero": zero, "crooked": crooked, "wrong_half": wrong_half})


def make_draft():
    section("draft")
    cookie, case, kc, seed, resume = rnd(32), uuid4(), rnd(32), rnd(32), rnd(32)
    ad = AD("aiddesk/1/draft", case)
    code = code_of(resume)
    root = blake(AD("aiddesk/1/resume", code))
    write("draft", {"cookie": b64url(cookie), "case": case, "key": kc, "code_seed": seed, "resume_code": code,
                    "resume_lookup": K(root, "AdResu01", 1), "box": envelope(K(cookie, "AdDraf01", 2), ad, kc + seed),
                    "resume_box": envelope(K(root, "AdResu01", 2), ad, kc + seed),
                    "short": envelope(K(cookie, "AdDraf01", 2), ad, kc + seed[:31])})


def make_export():
    section("export")
    pk, sk = sign_pair(rnd(32))
    digest = hashlib.sha256(b"release").digest()
    write("export", {"public": pk, "secret": sk, "release": "2026-11-1", "sha256": digest,
                     "signature": sign(AD("aiddesk/1/export", "2026-11-1", digest), sk)})


for make in (make_ad, make_kdf, make_field, make_file, make_case_seal, make_group, make_roster, make_password, make_session, make_totp,
             make_code, make_recovery, make_draft, make_export):
    make()
