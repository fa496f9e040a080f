"""People and their keys, as whole_desk.py walks them: who works here, who is invited, signs in, and is kept out.

Whatever lets somebody in is told once, so that what a walker knows of it is what it was answered. Passwords are all the
same: an attempt to sign in is good or not by whether the user has one, and may.
"""
PASSWORD = 'correct horse battery'
ROLES = ('housekeeping', 'front_desk', 'manager')


class Staff:
    """What lets people in, by what it is of."""

    def __init__(self):
        self.secrets = {}   # of invitations and resets, by id
        self.sessions = {}  # fields of requests, by id: they say whose it is, too

    def hear(self, reply):
        told = reply.json
        if 'secret' in told and told['id'].startswith(('inv_', 'pwr_')):
            self.secrets[told['id']] = told['secret']
        if 'csrf_token' in told:
            cookie = reply.headers['set-cookie'].partition(';')[0]
            self.sessions[told['id']] = told['user_id'], [f'Cookie: {cookie}', f'X-CSRF-Token: {told["csrf_token"]}']


def user(desk, **wanted):
    """One of those that walkers made; the cleaner stays."""
    found = [one for one in desk.all('usr', **wanted) if one['id'] != desk.cleaner]
    return desk.any_of(found)['id']


def address(desk):
    return desk.name('u').replace(' ', '-') + '@example.org'


def new_user(desk):
    return (), {'email': address(desk), 'name': desk.name('User'), 'password': desk.chance.choice([PASSWORD, None]),
                'roles': [{'property_id': desk.house.property, 'role': desk.chance.choice(ROLES)}]}


def role(desk):
    name = user(desk)
    given = desk.chance.choice((*ROLES, None))
    return name, {'property_id': desk.house.property, 'role': given}, {'at': f'/v1/users/{name}'}


def invitation(desk):
    return (), {'property_id': desk.house.property, 'role': desk.chance.choice(ROLES), 'email': address(desk)}


def versioned(desk, prefix, **wanted):
    """There is no route to one alone; its version is what it was told as."""
    found = desk.one(prefix, **wanted)
    return found['id'], None, {'match': found['version']}


def secret(desk, prefix):
    """Good once: a client that is not answered does not have it again."""
    name = desk.any_of([name for name in desk.staff.secrets if name.startswith(prefix)])
    return desk.staff.secrets.pop(name)


def sign_in(desk):
    found = desk.any_of([one for one in desk.all('usr', disabled_at=None, has_password=True) if one.get('email')])
    return (), {'email': found['email'], 'password': PASSWORD}


def session(desk):
    """Whose, and the fields by which its requests are known."""
    return desk.staff.sessions[desk.any_of(list(desk.staff.sessions))]


def sign_out(desk):
    name = desk.any_of(list(desk.staff.sessions))
    return (), None, {'fields': desk.staff.sessions.pop(name)[1], 'match': None}


def about_oneself(desk):
    name, fields = session(desk)
    return (), {'name': desk.name('User')}, {'fields': fields, 'at': f'/v1/users/{name}'}


STEPS = {
    'POST /v1/users': new_user,
    'PATCH /v1/users/{}': lambda d: (user(d), {'name': d.name('User')}),
    'POST /v1/users/{}/disable': lambda d: (user(d, disabled_at=None), {}),
    'POST /v1/users/{}/enable': lambda d: (user(d), {}),
    'POST /v1/users/{}/set-password': lambda d: (user(d), {'password': PASSWORD}),
    'POST /v1/users/{}/password-reset': lambda d: (user(d), {}),
    'PUT /v1/users/{}/roles': role,
    'POST /v1/invitations': invitation,
    'DELETE /v1/invitations/{}': lambda d: versioned(d, 'inv', used_at=None, void_at=None),
    'POST /v1/invitations/accept': lambda d: ((), {
        'secret': secret(d, 'inv_'), 'name': d.name('User'), 'password': PASSWORD}),
    'POST /v1/password-resets/complete': lambda d: ((), {'secret': secret(d, 'pwr_'), 'password': PASSWORD}),
    'POST /v1/tokens': lambda d: ((), {
        'property_id': d.house.property, 'role': d.chance.choice(ROLES), 'name': d.name('Token')}),
    'DELETE /v1/tokens/{}': lambda d: versioned(d, 'tok', revoked_at=None),
    'POST /v1/sessions': sign_in,
    'DELETE /v1/sessions': sign_out,
    'PATCH /v1/me': about_oneself,
}
