// The pages that a link with a secret leads to: the first owner, an invitation, a new password. The secret stays behind
// the # of the address, which browsers send to nobody, and goes out once, in the body of the request.
'use strict';

const pages = {
  '/setup': {
    title: 'Make the first account',
    intro: 'It owns this installation: it makes properties and lets people in.',
    fields: ['name', 'email', 'password'],
    route: '/v1/invitations/accept',
    button: 'Make the account',
    done: 'You own this installation',
    text: 'Your e‑mail address and your password are what you sign in with.',
  },
  '/invitation': {
    title: 'Accept your invitation',
    intro: 'Your name and a password of your own make your account.',
    fields: ['name', 'password'],
    route: '/v1/invitations/accept',
    button: 'Accept',
    done: 'You are in',
    text: 'The e‑mail address that was invited and your password are what you sign in with.',
  },
  '/password-reset': {
    title: 'Choose a new password',
    intro: 'Whoever is signed in with the old one will be signed out.',
    fields: ['password'],
    route: '/v1/password-resets/complete',
    button: 'Set the password',
    done: 'Your password is set',
    text: 'It is the one you sign in with from now on.',
  },
};

const page = pages[location.pathname];
const secret = location.hash.slice(1);
const at = (id) => document.getElementById(id);

function tell(id, text) {
  at(id).textContent = text;
  at(id).hidden = text === '';
}

function markField(name, text) {
  tell(`${name}-error`, text);
  at(name).setAttribute('aria-invalid', String(text !== ''));
}

function end(title, text) {
  at('form').hidden = true;
  tell('end-title', title);
  tell('end-text', text);
  at('end').hidden = false;
  at('end').focus();
  document.title = `${title} - Nightlatch`;
}

// Puts each error at its field; what has no field here goes above all of them.
function showProblem(problem) {
  const rest = [];
  for (const error of problem.errors ?? []) {
    const name = (error.pointer ?? '').slice(1);
    if (page.fields.includes(name)) markField(name, `This ${error.detail}.`);
    else rest.push(error.detail);
  }
  if (problem.errors === undefined) rest.push(problem.detail ?? problem.title);
  tell('failure', rest.join(' '));
  at('form').querySelector('[aria-invalid="true"]')?.focus();
}

async function send(event) {
  event.preventDefault();
  const body = { secret };
  for (const name of page.fields) {
    body[name] = name === 'password' ? at(name).value : at(name).value.trim();
    markField(name, body[name] === '' ? 'This is needed.' : '');
  }
  tell('failure', '');
  const empty = page.fields.find((name) => body[name] === '');
  if (empty !== undefined) {
    at(empty).focus();
    return;
  }
  at('send').disabled = true;
  try {
    const reply = await fetch(page.route, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (reply.ok) end(page.done, page.text);
    else if (reply.status === 404) end('This link is no longer good', 'It was used before, was withdrawn, is too old, or a newer one has taken its place. Ask for another.');
    else showProblem(await reply.json());
  } catch {
    tell('failure', 'The server did not answer. Nothing is lost: try again.');
  } finally {
    at('send').disabled = false;
  }
}

// A kind, an id and a secret, as src/api/secret.c writes them.
function isComplete() {
  return /^nl[ir]_[a-z2-7]{32}_[a-z2-7]{52}$/.test(secret);
}

function begin() {
  if (!isComplete()) {
    end('Something is missing', 'The address is not complete: copy all of the link, with what comes after the #.');
    return;
  }
  document.title = `${page.title} - Nightlatch`;
  tell('title', page.title);
  tell('intro', page.intro);
  at('send').textContent = page.button;
  for (const field of document.querySelectorAll('[data-field]')) field.hidden = !page.fields.includes(field.dataset.field);
  at('show').addEventListener('change', () => {
    at('password').type = at('show').checked ? 'text' : 'password';
  });
  at('form').addEventListener('submit', send);
  at('form').hidden = false;
  at(page.fields[0]).focus();
}

// A newer link pasted over an older one changes nothing but what comes after the #.
window.addEventListener('hashchange', () => location.reload());
begin();
