"""Hash functions of texts, so that ids made here are those that Keras makes.

Arithmetic is that of unsigned numbers of 64 bits. Sources: FarmHash by G. Pike (the fingerprint of 64 bits,
https://github.com/google/farmhash), SipHash-2-4 by J.-P. Aumasson and D. J. Bernstein
(https://www.aumasson.jp/siphash/siphash.pdf).
"""

_ALL = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CROSSING = 0xC6A4A7935BD1E995
_BLOCK = 64


def farm_hash(text: bytes) -> int:
    """FarmHash's fingerprint of 64 bits."""
    size = len(text)
    if size <= 16:
        return _hash_up_to_16(text)
    if size <= 32:
        return _hash_up_to_32(text)
    if size <= _BLOCK:
        return _hash_up_to_64(text)
    return _hash_long(text)


def sip_hash(text: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 with a key of two numbers."""
    low, high = (part & _ALL for part in key)
    state = [
        low ^ 0x736F6D6570736575,
        high ^ 0x646F72616E646F6D,
        low ^ 0x6C7967656E657261,
        high ^ 0x7465646279746573,
    ]
    whole = len(text) - len(text) % 8
    words = [_word(text, place) for place in range(0, whole, 8)]
    words.append(int.from_bytes(text[whole:], "little") | (len(text) & 0xFF) << 56)
    for word in words:
        state[3] ^= word
        _sip_rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _sip_rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def cross_hashes(first: int, second: int) -> int:
    """One fingerprint of two, in which their order counts."""
    crossed = first ^ _CROSSING ^ (_mixed(second * _CROSSING & _ALL) * _CROSSING & _ALL)
    crossed = crossed * _CROSSING & _ALL
    return _mixed(_mixed(crossed) * _CROSSING & _ALL)


def _sip_rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a = (a + b) & _ALL
        b = _left(b, 13) ^ a
        a = _left(a, 32)
        c = (c + d) & _ALL
        d = _left(d, 16) ^ c
        a = (a + d) & _ALL
        d = _left(d, 21) ^ a
        c = (c + b) & _ALL
        b = _left(b, 17) ^ c
        c = _left(c, 32)
    state[:] = a, b, c, d


def _left(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & _ALL


def _right(value: int, bits: int) -> int:
    value &= _ALL
    return (value >> bits | value << (64 - bits)) & _ALL


def _mixed(value: int) -> int:
    return value ^ value >> 47


def _word(text: bytes, place: int, size: int = 8) -> int:
    return int.from_bytes(text[place : place + size], "little")


def _hash_two(first: int, second: int, factor: int) -> int:
    value = _mixed(((first ^ second) & _ALL) * factor & _ALL)
    value = _mixed((second ^ value) * factor & _ALL)
    return value * factor & _ALL


def _hash_up_to_16(text: bytes) -> int:
    size = len(text)
    factor = (_K2 + size * 2) & _ALL
    if size >= 8:
        first, last = (_word(text, 0) + _K2) & _ALL, _word(text, size - 8)
        return _hash_two(
            (_right(last, 37) * factor + first) & _ALL, (_right(first, 25) + last) * factor & _ALL, factor
        )
    if size >= 4:
        return _hash_two((size + (_word(text, 0, 4) << 3)) & _ALL, _word(text, size - 4, 4), factor)
    if size:
        begin = text[0] + (text[size >> 1] << 8)
        end = size + (text[-1] << 2)
        return _mixed((begin * _K2 ^ end * _K0) & _ALL) * _K2 & _ALL
    return _K2


def _hash_up_to_32(text: bytes) -> int:
    size = len(text)
    factor = (_K2 + size * 2) & _ALL
    a, b = _word(text, 0) * _K1 & _ALL, _word(text, 8)
    c, d = _word(text, size - 8) * factor & _ALL, _word(text, size - 16) * _K2 & _ALL
    first = _right(a + b, 43) + _right(c, 30) + d
    second = a + _right(b + _K2, 18) + c
    return _hash_two(first & _ALL, second & _ALL, factor)


def _hash_up_to_64(text: bytes) -> int:
    size = len(text)
    factor = (_K2 + size * 2) & _ALL
    a, b = _word(text, 0) * _K2 & _ALL, _word(text, 8)
    c, d = _word(text, size - 8) * factor & _ALL, _word(text, size - 16) * _K2 & _ALL
    y = (_right(a + b, 43) + _right(c, 30) + d) & _ALL
    z = _hash_two(y, (a + _right(b + _K2, 18) + c) & _ALL, factor)
    e, f = _word(text, 16) * factor & _ALL, _word(text, 24)
    g = (y + _word(text, size - 32)) * factor & _ALL
    h = (z + _word(text, size - 24)) * factor & _ALL
    first = _right(e + f, 43) + _right(g, 30) + h
    second = e + _right(f + a, 18) + g
    return _hash_two(first & _ALL, second & _ALL, factor)


def _hash_32(text: bytes, place: int, first: int, second: int) -> tuple[int, int]:
    w, x, y, z = (_word(text, place + 8 * number) for number in range(4))
    first = (first + w) & _ALL
    second = _right(second + first + z, 21)
    start = first
    first = (first + x + y) & _ALL
    second += _right(first, 44)
    return (first + z) & _ALL, (second + start) & _ALL


def _hash_long(text: bytes) -> int:
    """Blocks of 64 bytes, one mixed into the next; the last one may overlap the one before."""
    seed = 81
    y = (seed * _K1 + 113) & _ALL
    z = _mixed((y * _K2 + 113) & _ALL) * _K2 & _ALL
    x = (seed * _K2 + _word(text, 0)) & _ALL
    v, w = (0, 0), (0, 0)
    for place in range(0, (len(text) - 1) // _BLOCK * _BLOCK, _BLOCK):
        x, y, z, v, w = _mix_block(text, place, (x, y, z, v, w), _K1, 1)
    factor = (_K1 + ((z & 0xFF) << 1)) & _ALL
    w = (w[0] + ((len(text) - 1) & 63)) & _ALL, w[1]
    v = (v[0] + w[0]) & _ALL, v[1]
    w = (w[0] + v[0]) & _ALL, w[1]
    x, y, z, v, w = _mix_block(text, len(text) - _BLOCK, (x, y, z, v, w), factor, 9)
    first = _hash_two(v[0], w[0], factor) + _mixed(y) * _K0 + z
    second = _hash_two(v[1], w[1], factor) + x
    return _hash_two(first & _ALL, second & _ALL, factor)


_State = tuple[int, int, int, tuple[int, int], tuple[int, int]]


def _mix_block(text: bytes, place: int, state: _State, factor: int, weight: int) -> _State:
    x, y, z, v, w = state
    x = _right(x + y + v[0] + _word(text, place + 8), 37) * factor & _ALL
    y = _right(y + v[1] + _word(text, place + 48), 42) * factor & _ALL
    x ^= w[1] * weight & _ALL
    y = (y + v[0] * weight + _word(text, place + 40)) & _ALL
    z = _right(z + w[0], 33) * factor & _ALL
    v = _hash_32(text, place, v[1] * factor & _ALL, (x + w[0]) & _ALL)
    w = _hash_32(text, place + 32, (z + w[1]) & _ALL, (y + _word(text, place + 16)) & _ALL)
    return z, y, x, v, w
