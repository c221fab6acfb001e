// Well-formed bodies of the POST routes that name an object.  Sent for another's and for missing objects, so that the answer comes from
// where the object is looked for and not from a check of the form; what is right in them is enough to get there.
import { pdf, png } from './files.mjs';
import { file } from './http.mjs';

const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
const later = new Date(Date.now() + 20 * 86400000).toISOString().slice(0, 10);
const id = '00000000-0000-4000-8000-00000000abcd';
const version = '1';
const demand = { kind: 'REFUND', amount: '100', by_day: later };
const evidence = { node: 'ORDER', proves: '下过单' };
const words = { reason: '对方不再答复', version };

export const bodies = {
  'account.person_update': { role: 'regulator', state: 'disabled', weekly_hours: '1', open_cases_ok: '1', version },
  'account.reset_make': {},
  'account.invite_cancel': {},
  'account.session_end': {},
  'intake.evidence_remove': {},
  'track.decide': { answer: 'granted', version },
  'track.consent_give': { kind: 'SHARE_PLATFORM', text_version: 'another' },
  'track.consent_withdraw': {},
  'track.end': { agree: '1' },
  'desk.accept': { version },
  'desk.agreement_issue': { version },
  'desk.ask': { items: 'CHAT', text: '请补充聊天记录', version },
  'desk.assign': { person: id, version },
  'desk.close': { event: 'close_with_reason', outcome: 'OTHER', version },
  'desk.conflict': {},
  'desk.consent_ask': { what: 'facts', why: 'filing' },
  'desk.contact': {},
  'desk.decline': { reason: 'USER_ERROR', routes: 'COURT_SMALL', text: '查明是填错了号码', version },
  'desk.demand_edit': { ...demand, version },
  'desk.demand_new': demand,
  'desk.demand_remove': { version },
  'desk.duplicate': { primary: 'AD26-000001', version },
  'desk.evidence_edit': { ...evidence, version },
  'desk.evidence_new': { ...evidence, kind: 'ORDER' },
  'desk.evidence_remove': { version },
  'desk.files_add': { file: file('matrix.png', png(), 'image/png') },
  'desk.filing_confirm': { seen: 'none', version },
  'desk.filing_step': { text: '平台答复', replied_at: `${today} 00:01`, version },
  'desk.letter_save': { facts: '付款后没有到账', version },
  'desk.message_add': { body: '别人的话' },
  'desk.messages_seen': { last: id },
  'desk.note_add': { body: '别人的记录' },
  'desk.note_edit': { body: '改过的记录', version },
  'desk.offer': { side: 'respondent', offer: '1', words: '退一元', version },
  'desk.override': { object: id, guard: 'V-EV-02', reason: '这是足够长的理由' },
  'desk.paper_issue': { kind: 'EVIDENCE_LIST', document: id, version },
  'desk.performed': { kind: 'REFUND', done_on: today, paid: '1', version, file: file('matrix.png', png(), 'image/png') },
  'desk.plan': { skip_reason: '不必等' },
  'desk.platform': { registered_name: '某科技有限公司', version },
  'desk.ready': { version },
  'desk.receipt_ask': { amount: '1', version },
  'desk.release': { version },
  'desk.reopen': { channel: 'HEIMAO', version },
  'desk.rescind': words,
  'desk.return': words,
  'desk.review': { product_type: 'GAME_CARD', problem_type: 'NOT_CREDITED', responsibility: 'PLATFORM', purchase_purpose: 'OWN_USE', version },
  'desk.settlement_step': { event: 'negotiate', version },
  'desk.sign': { signer: 'complainant', signed_on: today, same_text: '1', version },
  'desk.signed': { signed_on: today, version, file: file('matrix.pdf', pdf(), 'application/pdf') },
  'desk.take_on': { version },
  'desk.talks_fail': words,
  'desk.terms': { name_a: '林小满', name_b: '示例网络有限公司', dispute: '没有到账', kind: 'REFUND', amount: '1', version },
  'desk.wait': { review_on: later },
  'desk.withdrawal': { asked_by: 'both', pressed: 'no', reason: 'REFUNDED', text: '已退款1元', name: '林小满', contact: '13800138000', version },
  'desk.withdrawal_issue': { document: id, version },
  'desk.withdrawal_request': { requested_on: today, version },
  'desk.withdrawal_result': { result: 'granted', said: '已确认撤回', version },
  'desk.withdrawal_step': { event: 'draft_withdrawal', version },
  'desk.withdrawal_warn': { version },
};

/** Where the object is named by a field and not by the address: the field, and what it holds (a key of the world's objects). */
export const fieldOf = {
  'intake.evidence_remove': ['file_id', 'intake.evidence.file'],
  'track.consent_withdraw': ['consent', 'track.consent'],
  'track.end': ['consent', 'track.consent'],
  'account.session_end': ['session', 'account.session'],
  'account.invite_cancel': ['invitation', 'account.invitation'],
};

/** Fields of forms that name an object beside the one of the address: route, who sends it for the own case, field, what it names, and what
 * the form then needs besides, or without (null).  Filings named by the terms of a settlement are not here: of those, the ones of other cases
 * are left out when the terms are read. */
export const besides = [
  ['desk.demand_new', 'vol', 'alternative_to', 'desk.demands.id', {}],
  ['desk.duplicate', 'vol', 'primary', 'desk.cases.n', {}],
  ['desk.evidence_new', 'vol', 'file', 'desk.file.id', {}],
  ['desk.letter_save', 'vol', 'filing', 'desk.filings.id', {}],
  ['desk.override', 'lead', 'object', 'desk.filings.id', { guard: 'performance_evidence_or_acknowledged' }],
  ['desk.performed', 'vol', 'stored', 'desk.file.id', { file: null }],
];
