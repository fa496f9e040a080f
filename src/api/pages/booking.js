// The page that the link of a booking leads to: it shows the booking, says what cancelling costs, asks once more, and
// cancels.
//
// The secret stays behind the # of the address, which browsers send to nobody, and goes to this server alone, in the
// Authorization field. It is left in the address bar: whoever reloads the page, or keeps it among their bookmarks, must
// get in again, and any other place to keep it (storage, a cookie) would outlive the window on a shared computer too,
// where nobody sees it. Nothing else is loaded by this page that could read it.
'use strict';

const at = (id) => document.getElementById(id);
const token = location.hash.slice(1);
const language = navigator.language.startsWith('en') ? navigator.language : 'en-GB'; // as the sentences are

let booking = null;
let key = null; // of the cancellation: the same one until it is known what came of it

function tell(id, text) {
  at(id).textContent = text;
  at(id).hidden = text === '';
  if (id === 'failure' && text !== '') at(id).scrollIntoView({ block: 'nearest' }); // what was pressed may be far below
}

function money(minor) {
  const currency = booking.property.currency;
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

// A date of the calendar on the property's wall, wherever this is read.
function day(date) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

// At the property, whose zone is named: that is where the guest has to be.
function moment(instant) {
  return new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
    hour: 'numeric', minute: '2-digit', timeZone: booking.property.time_zone, timeZoneName: 'short' }).format(new Date(instant));
}

function dayOf(instant) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone: booking.property.time_zone }).format(new Date(instant));
}

// Nobody is sure on which side of a midnight they are, so that one is the end of the day before.
function limit(instant) {
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    timeZone: booking.property.time_zone }).format(new Date(instant));
  return clock === '00:00' ? `the end of ${dayOf(Date.parse(instant) - 1)}` : moment(instant);
}

const states = {
  CONFIRMED: 'It is confirmed.',
  PENDING_PAYMENT: 'It waits for your payment.',
  PENDING_APPROVAL: 'It waits for the house to confirm it.',
  CANCELLED: 'It is cancelled.',
  DECLINED: 'The house could not accept it.',
  EXPIRED: 'It was not paid or confirmed in time and is void.',
  CHECKED_IN: 'You are checked in.',
  CHECKED_OUT: 'It is over.',
  NO_SHOW: 'Nobody came, and it was closed.',
};

function addFact(name, text, small) {
  const row = document.createElement('div');
  const term = document.createElement('dt');
  const value = document.createElement('dd');
  row.className = 'fact';
  term.textContent = name;
  value.textContent = text;
  if (small !== undefined) value.append(Object.assign(document.createElement('small'), { textContent: small }));
  row.append(term, value);
  at('facts').append(row);
}

function showFacts() {
  at('facts').replaceChildren();
  addFact('Booking code', booking.code);
  if (booking.arrival !== undefined) {
    const nights = Math.round((Date.parse(booking.departure) - Date.parse(booking.arrival)) / 86400000);
    addFact('Arrival', day(booking.arrival));
    addFact('Departure', day(booking.departure), nights === 1 ? 'One night' : `${nights} nights`);
  } else {
    addFact('Begins', moment(booking.starts_at), `Time at the house (${booking.property.time_zone})`);
    addFact('Ends', moment(booking.ends_at));
  }
  if (booking.room_type !== null) addFact('Room', booking.room_type);
  addFact('For', booking.party === 1 ? 'One person' : `${booking.party} people`);
  if (booking.cancelled_at !== null) addFact('Cancelled', moment(booking.cancelled_at));
  if (booking.price !== null) addFact('Price', money(booking.price));
  if (booking.paid > 0) addFact('Paid', money(booking.paid));
  if (booking.fee !== null) addFact('Kept by the house', money(booking.fee));
  if (booking.refunded > 0) addFact('Paid back', money(booking.refunded));
  if (booking.refund_due > 0) addFact('To be paid back', money(booking.refund_due));
}

// What it costs, in a sentence or two.
function costs() {
  const { allowed, refused_because: why, fee, free_until: until, fee_after: after } = booking.cancellation;
  if (!allowed && why === 'already_started') return 'It has begun, so it can no longer be cancelled here. Please ask the house.';
  if (!allowed) return '';
  if (until !== null) return `Free until ${limit(until)}. After that it costs ${money(after)}.`;
  return fee === 0 ? 'It costs nothing.' : `It costs ${money(fee)} now: that much of the price is kept.`;
}

function show() {
  at('property').textContent = booking.property.name;
  document.title = `Your booking ${booking.code} - ${booking.property.name}`;
  at('state').textContent = states[booking.status] ?? '';
  showFacts();
  const cost = costs();
  tell('cost', cost);
  at('cancelling').hidden = cost === '';
  at('ask').hidden = !booking.cancellation.allowed;
  at('sure').hidden = true;
  tell('until', `This link is good until ${dayOf(booking.link_expires_at)}.`);
  at('booking').hidden = false;
}

// The link itself is no good: nothing of the booking may stay in sight.
function refuse(text) {
  at('booking').hidden = true;
  at('again').hidden = true;
  tell('said', '');
  tell('failure', text);
}

const unreachable = 'The server did not answer. Nothing is lost: try again.';

async function ask(path, options = {}) {
  const headers = { ...options.headers, Authorization: `Bearer ${token}` };
  return fetch(path, { cache: 'no-store', credentials: 'omit', ...options, headers });
}

// True when it is in sight.
async function load() {
  at('again').hidden = true;
  tell('failure', '');
  document.querySelector('main').setAttribute('aria-busy', 'true');
  try {
    const reply = await ask('/v1/guest/booking');
    if (reply.status === 401) {
      refuse('This link is no longer good: it is too old, was withdrawn, or a newer one has taken its place. Please ask the house for a new one.');
      return false;
    }
    if (!reply.ok) throw new Error(String(reply.status));
    booking = await reply.json();
    show();
    return true;
  } catch {
    tell('failure', unreachable);
    at('again').hidden = false;
    return false;
  } finally {
    document.querySelector('main').removeAttribute('aria-busy');
  }
}

function askOnceMore() {
  const { fee } = booking.cancellation;
  key = crypto.getRandomValues(new Uint32Array(4)).join('-');
  tell('failure', '');
  at('sure-title').textContent = 'Do you really want to cancel?';
  at('sure-text').textContent = fee === 0 ? 'It costs you nothing. The room goes to others, and this cannot be undone here.'
    : `${money(fee)} of the price is kept. The room goes to others, and this cannot be undone here.`;
  at('cancel').textContent = fee === 0 ? 'Yes, cancel it' : `Yes, cancel it for ${money(fee)}`;
  at('ask').hidden = true;
  at('sure').hidden = false;
  at('sure-title').focus();
}

function keep() {
  at('sure').hidden = true;
  at('ask').hidden = false;
  at('ask').focus();
}

// Refused: it is shown anew, with what has changed since it was read.
async function explain(problem) {
  const words = {
    fee_higher: 'Cancelling costs more by now than what you were told, so nothing was done. Please look again.',
    already_started: 'It has begun by now, so nothing was done. Please ask the house.',
  };
  if (!await load()) return;
  if (booking.status === 'CANCELLED') tell('failure', 'It was cancelled already.');
  else if (problem.code === 'VERSION_MISMATCH') tell('failure', 'The booking was changed meanwhile, so nothing was done. Please look again.');
  else if (problem.code === 'INVALID_TRANSITION') tell('failure', 'It can no longer be cancelled here.');
  else tell('failure', words[problem.rule] ?? problem.detail ?? problem.title);
}

async function conclude(reply) {
  if (reply.status === 401) {
    await load();
    return;
  }
  if (reply.status >= 500 || reply.status === 429) {
    tell('failure', unreachable);
    return;
  }
  if (!reply.ok) {
    await explain(await reply.json());
    return;
  }
  const done = await reply.json();
  const text = done.fee === null ? 'Your booking is cancelled. It costs you nothing.' : `Your booking is cancelled. ${money(done.fee)} of the price is kept.`;
  await load();
  tell('said', text);
  at('said').focus();
}

async function cancel(event) {
  event.preventDefault();
  const reason = at('reason').value.trim();
  tell('failure', '');
  at('cancel').disabled = true;
  try {
    await conclude(await ask('/v1/guest/booking/cancel', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'If-Match': `"${booking.version}"` },
      body: JSON.stringify({ accepted_fee: booking.cancellation.fee, reason: reason === '' ? null : reason }),
    }));
  } catch {
    tell('failure', unreachable);
  } finally {
    at('cancel').disabled = false;
  }
}

function begin() {
  // A kind, an id and a secret, as src/api/secret.c writes them.
  if (!/^nlg_[a-z2-7]{32}_[a-z2-7]{52}$/.test(token)) {
    document.querySelector('main').removeAttribute('aria-busy');
    refuse('The address is not complete: copy all of the link, with what comes after the #.');
    return;
  }
  at('ask').addEventListener('click', askOnceMore);
  at('keep').addEventListener('click', keep);
  at('sure').addEventListener('submit', cancel);
  at('again').addEventListener('click', load);
  load();
}

// A newer link pasted over an older one changes nothing but what comes after the #.
window.addEventListener('hashchange', () => location.reload());
begin();
