"""Judges a history of clients from their replies alone.

What the replies to writes say, in the order of the places in the log that they name, is replayed on a model of the house
that knows rooms, nights and minutes and nothing else. Two winners for one room-time, or more than there is, is an error;
so is a refusal that no state explains which the house had between the request and its reply. Where rooms are given out
later, it looks for a placement of its own.
"""
import bisect
import collections
import datetime

from nightlatch import GUEST, encode


class Asked:
    """One write: what it wanted, when it was sent and answered (in turns of all clients), what it was told.

    It takes what it wishes for, gives back what it names, or does neither and makes a booking of the hold it names."""

    def __init__(self, sent, wish=None, gives_back=None, confirms=None):
        self.wish, self.gives_back, self.confirms, self.sent = wish, gives_back, confirms, sent
        self.heard = self.reply = None


class State:
    """What is taken, by the object that takes it."""

    def __init__(self, house):
        self.house = house
        self.taken = {}
        self.movable = set()  # those that have a room, nobody can say which

    def of(self, place):
        return [wish for wish in self.taken.values() if place_of(self.house, wish) == place]

    def fits(self, wish):
        """Whether it could be taken as well."""
        place = place_of(self.house, wish)
        starts, ends = interval(wish)
        others = self.of(place)
        if place == 'bed':
            return all(sum(a <= night < b for a, b in map(interval, others)) < self.house.beds
                       for night in nights(starts, ends))
        if place != 'double':
            return not any(a < ends and starts < b for a, b in map(interval, others))
        return placeable(self.house.doubles, others + [wish])

    def may_be_in_the_way(self, wish):
        """Whether somebody may be in the room that is wished for who would only make way for a pin."""
        if wish.get('room_id') not in self.house.doubles or 'pinned' in wish:
            return False
        starts, ends = interval(wish)
        return any(a < ends and starts < b for a, b in (interval(self.taken[name]) for name in self.movable))

    def take(self, name, wish):
        assert self.fits(wish), (name, wish, 'was given although it was taken')
        self.taken[name] = wish

    def give_back(self, name):
        del self.taken[name]
        self.movable.discard(name)

    def confirm(self, hold, name):
        """What was held is booked. Whoever booked a room for the night may be given another one of its type."""
        wish = self.taken.pop(hold)
        if wish.get('room_id') in self.house.doubles:
            wish = {**wish, 'room_type_id': self.house.double}
            del wish['room_id']
            self.movable.add(name)
        self.taken[name] = wish


def interval(wish):
    """Comparable ends: dates and instants sort as text."""
    return (wish['arrival'], wish['departure']) if 'arrival' in wish else (wish['starts_at'], wish['ends_at'])


def nights(starts, ends):
    """The dates of the nights of a stay."""
    first, last = datetime.date.fromisoformat(starts), datetime.date.fromisoformat(ends)
    return [(first + datetime.timedelta(days=i)).isoformat() for i in range((last - first).days)]


def place_of(house, wish):
    if wish.get('room_type_id') == house.bed:
        return 'bed'
    if wish.get('room_type_id') == house.double or wish.get('room_id') in house.doubles:
        return 'double'
    return wish['room_id']


def placeable(rooms, wishes):
    """Whether each wish can have a room for all its nights, those that name a room that one."""
    states = {('',) * len(rooms)}  # until when each room is taken
    for wish in sorted(wishes, key=interval):
        starts, ends = interval(wish)
        choices = [rooms.index(wish['room_id'])] if 'room_id' in wish else range(len(rooms))
        states = {state[:i] + (ends,) + state[i + 1:] for state in states for i in choices if state[i] <= starts}
    return bool(states)


class History:
    def __init__(self, house, days):
        self.house, self.days = house, days
        self.turn = 0
        self.asked = []

    def ask(self, request, **meant):
        self.turn += 1
        asked = Asked(self.turn, **meant)
        self.asked.append(asked)
        asked.reply = yield request
        while asked.reply is not None and asked.reply.status == 503:
            asked.reply = yield request
        self.turn += 1
        asked.heard = self.turn
        return asked.reply

    def client(self, chance, limit):
        """Books and holds by chance, cancels, releases and confirms some of it, until so many requests were sent by
        all."""
        booked, held = [], []
        while len(self.asked) < limit:
            dice = chance.random()
            if booked and dice < 0.3:
                name = booked.pop(chance.randrange(len(booked)))
                yield from self.ask(encode('POST', f'/v1/bookings/{name}/cancel', {}), gives_back=name)
            elif held and dice < 0.4:
                name = held.pop(chance.randrange(len(held)))
                yield from self.ask(encode('DELETE', f'/v1/holds/{name}'), gives_back=name)
            elif held and dice < 0.5:
                name = held.pop(chance.randrange(len(held)))
                reply = yield from self.ask(encode('POST', f'/v1/holds/{name}/confirm', GUEST), confirms=name)
                booked += [reply.json['id']] if reply is not None else []
            else:
                wish = self.house.random_wish(chance, self.days)
                if len(held) < 4 and chance.random() < 0.3:
                    request, mine = encode('POST', '/v1/holds', {**wish, 'ttl_s': 3600}), held
                else:
                    # unless it is pinned, it might be moved for others, and the reply no longer be so
                    wish = {**wish, **({'pinned': True} if 'room_id' in wish else {})}
                    request, mine = encode('POST', '/v1/bookings', {**wish, **GUEST}), booked
                reply = yield from self.ask(request, wish=wish)
                # 200: the same caller held the same thing already, in another of these clients
                mine += [reply.json['id']] if reply is not None and reply.status == 201 else []
            if self.asked[-1].reply is None:
                return

    def windows(self):
        """For each refusal, between which places of the log it was decided: after all that had been heard when it was
        sent, and before the end of what had been sent when it was heard."""
        effects = [asked for asked in self.asked if asked.reply.ok]
        heard = sorted((asked.heard, asked.reply.json['seq']) for asked in effects)
        sent = sorted((asked.sent, asked.reply.json['seq']) for asked in effects)
        seq_heard, seq_sent = highest(heard), highest(sent)
        refused = [asked for asked in self.asked if asked.reply.status == 409]
        return [(asked, seq_heard(asked.sent), seq_sent(asked.heard)) for asked in refused]

    def verify(self):
        """Counts what was told. Raises when the replies contradict one another."""
        counts = collections.Counter()
        for asked in self.asked:
            assert asked.reply is not None and (asked.reply.ok or asked.reply.status == 409), asked.reply.body
        effects = {asked.reply.json['seq']: asked for asked in self.asked if asked.reply.ok}
        assert len(effects) == sum(asked.reply.ok for asked in self.asked), 'two replies name one place in the log'
        waiting = collections.defaultdict(list)  # refusals by the place from which on they may have been decided
        for asked, first, last in self.windows():
            assert asked.wish is not None, ('what was given back or confirmed was not there', asked.reply.body)
            waiting[first].append((last, asked))
        state, open_refusals = State(self.house), []
        for seq in sorted(set(effects) | set(waiting)):
            if seq in effects:
                self.replay(state, effects[seq], counts)
            open_refusals = self.explain(state, seq, open_refusals + waiting[seq], counts)
        assert not open_refusals, [(asked.wish, asked.reply.body) for _, asked in open_refusals[:3]]
        return counts

    def replay(self, state, asked, counts):
        if asked.gives_back is not None:
            state.give_back(asked.gives_back)
            counts['given back'] += 1
        elif asked.confirms is not None:
            state.confirm(asked.confirms, asked.reply.json['id'])
            counts['confirmed'] += 1
        elif asked.reply.status == 200:
            assert state.taken[asked.reply.json['id']] == asked.wish, asked.wish
            counts['held for longer'] += 1
        else:
            state.take(asked.reply.json['id'], asked.wish)
            counts['won'] += 1

    def explain(self, state, seq, refusals, counts):
        """Leaves those that this state does not explain and a later one still may."""
        left = []
        for last, asked in refusals:
            if not state.fits(asked.wish) or state.may_be_in_the_way(asked.wish):
                counts['refused, rightly'] += 1
            elif seq < last:
                left.append((last, asked))
            else:
                raise AssertionError((asked.wish, 'was free all the time, and refused', asked.reply.body))
        return left


def highest(pairs):
    """A function that gives the highest seq of the pairs (turn, seq) with a turn up to its argument; 0 for none."""
    turns, best, seqs = [], 0, []
    for turn, seq in pairs:
        best = max(best, seq)
        turns.append(turn)
        seqs.append(best)

    def up_to(turn):
        at = bisect.bisect_right(turns, turn)
        return seqs[at - 1] if at else 0
    return up_to
