"""Files of lines for the import, as whole_desk.py walks it: tried, or done."""
PRICE = '200.00'


def room_types(desk):
    return ['name,sold_by,stock,units,max_guests'] + [f'{desk.name("Filed")},night,count,2,2' for _ in lines_of(desk)]


def rooms(desk):
    return ['number,room_type'] + [f'{desk.name("Filed")},Spare' for _ in lines_of(desk)]


def bookings(desk):
    """Some of them are equal."""
    lines = ['room_type,arrival,departure,guest_name,party,price,payment']
    for _ in lines_of(desk):
        nights = desk.nights(desk.far())
        lines.append(f'{desk.chance.choice(["Suite", "Dorm"])},{nights["arrival"]},{nights["departure"]},Ada,1,{PRICE},'
                     f'{desk.chance.choice(["", "required"])}')
    return lines + [lines[-1]]


def guests(desk):
    return ['id,name'] + [f'{desk.booking("CONFIRMED")["guest_id"]},{desk.name("Guest")}' for _ in lines_of(desk)]


def lines_of(desk):
    return range(desk.chance.randint(2, 12))


def file(desk):
    kind, lines = desk.chance.choice([('room-types', room_types), ('rooms', rooms), ('bookings', bookings),
                                      ('guests', guests)])
    trial = '&dry_run=true' if desk.chance.random() < 0.3 else ''
    return (), '\n'.join(lines(desk)) + '\n', {
        'query': f'?property_id={desk.house.property}&kind={kind}{trial}'}


STEPS = {'POST /v1/imports': file}
