/**
 * Dates and times: moments with a zone or an offset. Pure functions on {@link DateTime}; the zone of the scope and
 * the time that it is are handed in.
 *
 * A moment is a number of seconds; the calendar (Gregorian, also before it was made) is computed here, and
 * luxon is asked for one thing only: the offset of a zone at a moment. Its answers are kept in windows of three
 * days, which are shorter than any two changes of a zone are apart, so that nearly every question is a lookup.
 *
 * A wall time that a zone skips is moved on by the gap; one that it has twice is the earlier.
 */
import { IANAZone } from 'luxon';
import { time } from '../errors/messages/time.ts';
import { numbers } from '../errors/messages/numbers.ts';
import { overflowErr, typeErr, valueErr } from '../errors/query-error.ts';
import * as int from './int.ts';
import type { Int } from './int.ts';
import { byteLength } from './str.ts';
import { hourName, isTimeZone } from './time-zones.ts';
import { DateTime, TAG, isInt, typeName } from './value.ts';
import type { Value } from './value.ts';

/** Where a wall time is: a named zone, or (zone null) an offset in minutes. */
export interface Place {
  readonly zone: string | null;
  readonly offset: number;
}

/** A moment as a calendar and a clock show it. */
export interface Fields {
  year: number;
  /** 1 … 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Seconds east of UTC. */
  gmtOffset: number;
  /** Days since the first of January, from 0. */
  yday: number;
  /** 0 is Sunday. */
  weekday: number;
}

const DAY = 86_400;
/** Seconds from 1970 that a JavaScript calendar can show: to year ±275760. */
const LIMIT = 8_640_000_000_000;

// --- Calendar ------------------------------------------------------------------------------------------------

/** Days from 1970-01-01 to a date; month and day may lie outside their ranges only in day. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The fields of a wall time that is given in seconds as if it were UTC. */
function fieldsOf(wall: number, gmtOffset: number): Fields {
  const days = Math.floor(wall / DAY);
  const rest = wall - days * DAY;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153); // months from March
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    gmtOffset,
    yday: days - daysFromCivil(year, 1, 1),
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const daysInMonth = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : DAYS[month - 1]!);

// --- Zones ---------------------------------------------------------------------------------------------------

/** Seconds: less than the 95 hours that are the shortest time between two changes of a zone in tzdata. */
const WINDOW = 262_144;
/** Windows that are kept, of all zones together. */
const WINDOWS_MAX = 50_000;

/** A window in which the offset changes. */
interface Change {
  readonly before: number;
  readonly at: number;
  readonly after: number;
}

class Zone {
  private readonly iana: IANAZone;
  /** By number of the window: the offset that holds in it, or how it changes. */
  private readonly windows = new Map<number, number | Change>();

  constructor(name: string) {
    this.iana = IANAZone.create(name);
  }

  /** Seconds east of UTC at a moment. */
  offset(ts: number): number {
    const i = Math.floor(ts / WINDOW);
    const window = this.windows.get(i) ?? this.look(i);
    if (typeof window === 'number') return window;
    return ts < window.at ? window.before : window.after;
  }

  private look(i: number): number | Change {
    let low = i * WINDOW;
    let high = low + WINDOW;
    const before = this.ask(low);
    const after = this.ask(high);
    let window: number | Change = before;
    if (before !== after) {
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (this.ask(middle) === before) low = middle;
        else high = middle;
      }
      window = { before, at: high, after };
    }
    if (++windowCount > WINDOWS_MAX) {
      zones.clear();
      windowCount = 1;
    }
    this.windows.set(i, window);
    return window;
  }

  private ask(ts: number): number {
    const minutes = this.iana.offset(Math.max(-LIMIT, Math.min(LIMIT, ts)) * 1000);
    // A platform that lacks the zone answers with NaN.
    if (Number.isNaN(minutes)) throw valueErr(time.localize());
    return Math.round(minutes * 60);
  }
}

// A cache, not state: the same zone answers the same, however often it is made.
const zones = new Map<string, Zone>();
let windowCount = 0;

function zoneOffset(name: string, ts: number): number {
  if (name === 'UTC') return 0;
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = new Zone(name)));
  return zone.offset(ts);
}

/** The moment at which a place shows a wall time (seconds as if UTC). */
function momentOf(wall: number, place: Place): number {
  if (!(Math.abs(wall) <= LIMIT + DAY)) throw overflowErr(time.overflow());
  const ts = place.zone === null ? wall - place.offset * 60 : place.zone === 'UTC' ? wall : momentInZone(wall, place.zone);
  if (Math.abs(ts) > LIMIT) throw overflowErr(time.overflow());
  return ts;
}

function momentInZone(wall: number, zone: string): number {
  const before = zoneOffset(zone, wall - DAY);
  const after = zoneOffset(zone, wall + DAY);
  const early = wall - before;
  if (zoneOffset(zone, early) === before) return early;
  const late = wall - after;
  // Neither: the zone skips this wall time. Reading it by the old offset moves it on by the gap.
  return zoneOffset(zone, late) === after ? late : early;
}

/** A zone by name, `+hh`, `-hhmm`: the argument of `to` and the last of the constructors. */
export function parsePlace(text: string): Place {
  if (text === '') throw valueErr(time.noZone());
  if (text.startsWith('+') || text.startsWith('-')) return { zone: null, offset: parseOffset(text) };
  if (!isTimeZone(text)) throw valueErr(time.unknownZone(), 'collection-api/time_zones_info');
  return { zone: text, offset: 0 };
}

/** Minutes of `+hh` or `+hhmm`, at most twelve hours. */
function parseOffset(text: string): number {
  const m = /^([+-])(\d\d)([0-5]\d)?$/.exec(text);
  const minutes = m === null ? Infinity : Number(m[2]) * 60 + Number(m[3] ?? 0);
  if (minutes > 720) throw valueErr(time.invalidOffset());
  return m![1] === '-' ? 0 - minutes : minutes;
}

const UTC: Place = { zone: 'UTC', offset: 0 };

// --- Making --------------------------------------------------------------------------------------------------

const make = (ts: Int, place: Place, timeval: boolean): DateTime => new DateTime(ts, place.zone === null ? place.offset : 0, place.zone, timeval);
const like = (ts: Int, of: DateTime): DateTime => new DateTime(ts, of.offset, of.zone, of.tag === TAG.timeval);

/** Seconds since 1970, in the zone of the scope: `datetime(int)`. Any int is a moment, also one that cannot be shown. */
export function fromInt(ts: Int, zone: string, timeval: boolean): DateTime {
  return new DateTime(ts, 0, zone, timeval);
}

/** `datetime(float)`: cut towards zero. Also for the present moment. */
export function fromFloat(seconds: number, zone: string, timeval: boolean): DateTime {
  if (!(seconds < 2 ** 63 && seconds >= -(2 ** 63))) throw overflowErr(time.overflow());
  return new DateTime(int.fromDouble(seconds), 0, zone, timeval);
}

/** `datetime(timeval)` and back: zone and offset stay. */
export function convert(from: DateTime, timeval: boolean): DateTime {
  return from.tag === (timeval ? TAG.timeval : TAG.datetime) ? from : new DateTime(from.ts, from.offset, from.zone, timeval);
}

/** The parts of a wall time that can be given and replaced, with their ranges. */
export const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type Part = (typeof PARTS)[number];

const RANGES: Record<Part, readonly [number, number]> = {
  year: [1, 9999],
  month: [1, 12],
  day: [1, 31],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
};

/** Checks one part by itself; the constructors do so before they evaluate the next argument. `docs`: page for the error. */
export function checkPart(part: Part, n: Int, docs: string): number {
  const [min, max] = RANGES[part];
  if (n < min || n > max) throw valueErr(time.outOfRange(part, n, min, max), docs);
  return Number(n);
}

/** `datetime(year, month, day, …)`. The parts have been checked one by one; now the day against its month. */
export function fromParts(parts: readonly number[], place: Place, timeval: boolean): DateTime {
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts;
  return make(momentOf(wallOf(year!, month!, day!, hour, minute, second), place), place, timeval);
}

function wallOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (day > daysInMonth(year, month)) throw valueErr(time.dayOfMonth(day));
  return daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}

/** Formats of `datetime(str)`, by the length of the text in bytes. */
const FORMATS: Readonly<Record<number, string>> = {
  4: '%Y',
  7: '%Y-%m',
  10: '%Y-%m-%d',
  13: '%Y-%m-%dT%H',
  16: '%Y-%m-%dT%H:%M',
  19: '%Y-%m-%dT%H:%M:%S',
  20: '%Y-%m-%dT%H:%M:%SZ',
  22: '%Y-%m-%dT%H:%M:%S%z',
  24: '%Y-%m-%dT%H:%M:%S%z',
};

/** `datetime(str)`. */
export function fromText(text: string, zone: string, timeval: boolean): DateTime {
  const format = FORMATS[byteLength(text)];
  if (format === undefined) throw valueErr(time.invalid());
  return read(text, text[10] === 'T' ? format : format.replace('T', ' '), zone, timeval);
}

/** `datetime(str, format)`. */
export function fromFormat(text: string, format: string, zone: string, timeval: boolean): DateTime {
  checkFormat(format);
  if (byteLength(text) >= 120) throw valueErr(time.tooLarge());
  return read(text, format, zone, timeval);
}

function checkFormat(format: string): void {
  const bytes = byteLength(format);
  if (bytes < 2 || bytes >= 80) throw valueErr(time.formatLength());
}

/** The last character of the format decides where the wall time is: `Z` UTC, `z` the offset in the text. */
function read(text: string, format: string, zone: string, timeval: boolean): DateTime {
  const parsed = new Parser(text);
  if (!parsed.run(format) || parsed.at !== text.length) throw valueErr(time.noMatch(format));
  let place: Place = { zone, offset: 0 };
  if (format.endsWith('Z')) place = UTC;
  else if (format.endsWith('z')) {
    const sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    if (sign === -1) throw valueErr(time.noMatch(format));
    place = { zone: null, offset: parseOffset(text.slice(sign)) };
  }
  return make(momentOf(parsed.wall(place), place), place, timeval);
}

// --- Showing -------------------------------------------------------------------------------------------------

/** What calendar and clock show at the value's place. */
export function localize(dt: DateTime): Fields {
  const ts = shown(dt);
  const offset = dt.zone === null ? dt.offset * 60 : zoneOffset(dt.zone, ts);
  return fieldsOf(ts + offset, offset);
}

/** The moment, if a calendar can show it. */
function shown(dt: DateTime): number {
  if (typeof dt.ts !== 'number' || dt.ts > LIMIT || dt.ts < -LIMIT) throw valueErr(time.localize());
  return dt.ts;
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** What `str`, templates and answers show: `2024-05-01T10:00:00Z`, `…+0200`. Years are not padded. */
export function isoText(dt: DateTime): string {
  const f = localize(dt);
  const date = `${f.year}-${two(f.month)}-${two(f.day)}T${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
  const utc = dt.zone === null ? dt.offset === 0 : dt.zone === 'UTC';
  return date + (utc ? 'Z' : offsetText(f.gmtOffset));
}

/** `+0200`; seconds of old offsets are left out. */
function offsetText(seconds: number): string {
  const minutes = Math.trunc(Math.abs(seconds) / 60);
  return (seconds < 0 ? '-' : '+') + two(Math.trunc(minutes / 60)) + two(minutes % 60);
}

const EXTRACTED = [...PARTS, 'gmt_offset'] as const;

/** `extract()`: names and values, in order. */
export function extractAll(dt: DateTime): [string, number][] {
  const f = localize(dt);
  return EXTRACTED.map((part) => [part, part === 'gmt_offset' ? f.gmtOffset : f[part]]);
}

/** `extract('hour')`. */
export function extract(dt: DateTime, part: string): number {
  const f = localize(dt);
  if (part === 'gmt_offset') return f.gmtOffset;
  if (!(PARTS as readonly string[]).includes(part)) throw valueErr(time.part(EXTRACTED));
  return f[part as Part];
}

/** As {@link localize}, with the error of `week`, `weekday` and `yday`. */
function counted(dt: DateTime): Fields {
  if (typeof dt.ts !== 'number' || dt.ts > LIMIT || dt.ts < -LIMIT) throw overflowErr(time.overflow());
  return localize(dt);
}

/** Week of the year, 0 before the first Sunday. */
export function week(dt: DateTime): number {
  return weekFrom(counted(dt), 0);
}

/** Day of the week; Sunday is 0. */
export function weekday(dt: DateTime): number {
  return counted(dt).weekday;
}

/** Day of the year, from 0. */
export function yday(dt: DateTime): number {
  return counted(dt).yday;
}

/** Week of the year when weeks begin on `first` (0 Sunday, 1 Monday). */
function weekFrom(f: Fields, first: number): number {
  return Math.floor((f.yday + 7 - ((f.weekday - first + 7) % 7)) / 7);
}

/** Seconds alone count: zone, offset and datetime or timeval play no part. Negative, 0 or positive. */
export function compare(a: DateTime, b: DateTime): number {
  return int.compare(a.ts, b.ts);
}

// --- Changing ------------------------------------------------------------------------------------------------

/** `to(zone)`: the same moment elsewhere. */
export function to(dt: DateTime, place: string): DateTime {
  return make(dt.ts, parsePlace(place), dt.tag === TAG.timeval);
}

const REPLACE_DOCS = 'data-types/datetime/replace';

/** `replace({…})`: wall time with some parts put in place of the old. Other keys are ignored. */
export function replace(dt: DateTime, parts: Iterable<readonly [string, Value]>): DateTime {
  const f = localize(dt);
  for (const [key, value] of parts) {
    if (!(PARTS as readonly string[]).includes(key)) continue;
    if (!isInt(value)) throw typeErr(time.partType(key, typeName(value)), REPLACE_DOCS);
    f[key as Part] = checkPart(key as Part, value, REPLACE_DOCS);
  }
  return like(momentOf(wallOf(f.year, f.month, f.day, f.hour, f.minute, f.second), dt), dt);
}

const UNITS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;
export type Unit = (typeof UNITS)[number];

/** The unit of `move`, checked before its number is evaluated. */
export function parseUnit(text: string): Unit {
  if (!(UNITS as readonly string[]).includes(text)) throw valueErr(time.unit(UNITS));
  return text as Unit;
}

/**
 * `move(unit, n)`. Hours and less are seconds; days and more keep the wall time; months and years clip to the
 * last day of the month. Moving by 0 never changes the moment.
 */
export function move(dt: DateTime, unit: Unit, n: Int): DateTime {
  if (n === 0) return dt;
  switch (unit) {
    case 'seconds':
      return like(int.add(dt.ts, n), dt);
    case 'minutes':
      return like(int.add(dt.ts, int.mul(n, 60)), dt);
    case 'hours':
      return like(int.add(dt.ts, int.mul(n, 3600)), dt);
    default:
      return like(moveWall(dt, unit, n), dt);
  }
}

function moveWall(dt: DateTime, unit: 'years' | 'months' | 'weeks' | 'days', n: Int): number {
  const f = localize(dt);
  const seconds = f.hour * 3600 + f.minute * 60 + f.second;
  const count = int32(unit === 'weeks' ? int.mul(n, 7) : n);
  if (unit === 'days' || unit === 'weeks') {
    int32(f.day + count);
    return momentOf((daysFromCivil(f.year, f.month, f.day) + count) * DAY + seconds, dt);
  }
  const months = unit === 'years' ? int32(f.year - 1900 + count) * 12 + 1900 * 12 + f.month - 1 : f.year * 12 + int32(f.month - 1 + count);
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return momentOf(daysFromCivil(year, month, Math.min(f.day, daysInMonth(year, month))) * DAY + seconds, dt);
}

/** Fields of C's calendar have 32 bits. */
function int32(n: Int): number {
  if (n > 2_147_483_647 || n < -2_147_483_648) throw overflowErr(numbers.overflow());
  return Number(n);
}

// --- Formats -------------------------------------------------------------------------------------------------

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] as const;

/** Specifiers that stand for others, in the C locale. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** Specifiers that an `E`, or an `O`, may stand before. */
const AFTER_E = 'cnprstuxyzCPRTXYZ%';
const AFTER_O = 'bdeghjklmnprstuwyzBCGHIMPRSTUVWZ%';

const SPECIFIER = /%([-_0^#]*)([0-9]*)([EO]?)([^]?)/y;

/** A specifier of a format. */
interface Specifier {
  /** As it stands there. */
  readonly source: string;
  /** '' where it means nothing and stays as it is. */
  readonly letter: string;
  /** The flag that says how to pad: `-`, `_`, `0`, or '' when none does. */
  readonly pad: string;
  readonly upper: boolean;
  readonly swap: boolean;
  readonly width: number;
}

// A cache, not state, as the zones are.
const formatPieces = new Map<string, readonly (string | Specifier)[]>();
/** Formats that are kept, of less than 80 bytes each. */
const FORMATS_MAX = 1_000;

/** The specifiers of a format and the texts between them. */
function piecesOf(format: string): readonly (string | Specifier)[] {
  let pieces = formatPieces.get(format);
  if (pieces === undefined) {
    if (formatPieces.size >= FORMATS_MAX) formatPieces.clear();
    formatPieces.set(format, (pieces = readPieces(format)));
  }
  return pieces;
}

function readPieces(format: string): (string | Specifier)[] {
  const pieces: (string | Specifier)[] = [];
  for (let at = 0; at < format.length; ) {
    const next = format.indexOf('%', at);
    if (next !== at) pieces.push(format.slice(at, next === -1 ? format.length : next));
    if (next === -1) break;
    SPECIFIER.lastIndex = next;
    const [whole, flags, width, modifier, first] = SPECIFIER.exec(format) as unknown as [string, string, string, string, string];
    // One character, whatever it is: half a surrogate pair would not do.
    const letter = first === '' ? '' : String.fromCodePoint(format.codePointAt(SPECIFIER.lastIndex - first.length)!);
    const source = whole.slice(0, whole.length - first.length) + letter;
    const unfit = (modifier === 'E' && !AFTER_E.includes(letter)) || (modifier === 'O' && !AFTER_O.includes(letter));
    pieces.push({
      source,
      letter: unfit ? '' : letter,
      pad: flags.replace(/[\^#]/g, '').slice(-1),
      upper: flags.includes('^'),
      swap: flags.includes('#'),
      // A width that no result can have; the whole is refused.
      width: Math.min(Number(width), 1000),
    });
    at = next + source.length;
  }
  return pieces;
}

/** `format(…)`: strftime as glibc does it in the C locale, flags and widths included. */
export function format(dt: DateTime, pattern: string): string {
  checkFormat(pattern);
  const text = new Formatter(dt).run(pattern, false);
  if (byteLength(text) > 119) throw valueErr(time.template());
  return text;
}

class Formatter {
  private readonly dt: DateTime;
  private readonly f: Fields;

  constructor(dt: DateTime) {
    this.dt = dt;
    this.f = localize(dt);
  }

  run(pattern: string, upper: boolean): string {
    let out = '';
    for (const piece of piecesOf(pattern)) out += typeof piece === 'string' ? piece : this.one(piece, upper);
    return out;
  }

  private one(specifier: Specifier, allUpper: boolean): string {
    const { source, letter, pad, swap, width } = specifier;
    const upper = allUpper || specifier.upper;
    const f = this.f;
    const text = (value: string): string => (value.length >= width ? value : value.padStart(width, pad === '0' ? '0' : ' '));
    const number = (n: number, digits: number, usual = '0'): string => text(digitsOf(n, digits, pad === '' ? usual : pad, width));

    const composed = COMPOSED[letter];
    if (composed !== undefined) return text(this.run(composed, upper));
    switch (letter) {
      case 'a':
        return text(cased(WEEKDAYS[f.weekday]!.slice(0, 3), upper || swap));
      case 'A':
        return text(cased(WEEKDAYS[f.weekday]!, upper || swap));
      case 'b':
      case 'h':
        return text(cased(MONTHS[f.month - 1]!.slice(0, 3), upper || swap));
      case 'B':
        return text(cased(MONTHS[f.month - 1]!, upper || swap));
      case 'C':
        return number(Math.floor(f.year / 100), 1);
      case 'd':
        return number(f.day, 2);
      case 'e':
        return number(f.day, 2, '_');
      case 'g':
        return number((((isoWeek(f).year % 100) + 100) % 100), 2);
      case 'G':
        return number(isoWeek(f).year, 1);
      case 'H':
        return number(f.hour, 2);
      case 'I':
        return number(f.hour % 12 || 12, 2);
      case 'j':
        return number(f.yday + 1, 3);
      case 'k':
        return number(f.hour, 2, '_');
      case 'l':
        return number(f.hour % 12 || 12, 2, '_');
      case 'm':
        return number(f.month, 2);
      case 'M':
        return number(f.minute, 2);
      case 'n':
        return text('\n');
      case 'p':
        return text(swap ? (f.hour < 12 ? 'am' : 'pm') : f.hour < 12 ? 'AM' : 'PM');
      case 'P':
        return text(f.hour < 12 ? 'am' : 'pm');
      case 's':
        return text(String(shown(this.dt)));
      case 'S':
        return number(f.second, 2);
      case 't':
        return text('\t');
      case 'u':
        return number(f.weekday || 7, 1);
      case 'U':
        return number(weekFrom(f, 0), 2);
      case 'V':
        return number(isoWeek(f).week, 2);
      case 'w':
        return number(f.weekday, 1);
      case 'W':
        return number(weekFrom(f, 1), 2);
      case 'y':
        return number(((f.year % 100) + 100) % 100, 2);
      case 'Y':
        return number(f.year, 1);
      case 'z': {
        const minutes = Math.trunc(Math.abs(f.gmtOffset) / 60);
        // Sign and digits are padded one by one, each to the width.
        return text(f.gmtOffset < 0 ? '-' : '+') + number(Math.trunc(minutes / 60) * 100 + (minutes % 60), 4);
      }
      case 'Z': {
        const name = this.hourName();
        return text(swap ? name.toLowerCase() : name);
      }
      case '%':
        return text('%');
      default:
        return text(cased(source, upper));
    }
  }

  private hourName(): string {
    const { zone, offset } = this.dt;
    if (zone === null) return offset === 0 ? 'GMT' : 'UTC';
    return hourName(zone, shown(this.dt), this.f.gmtOffset);
  }
}

const cased = (text: string, upper: boolean): string => (upper ? text.replace(/[a-z]+/g, (part) => part.toUpperCase()) : text);

/** A number of at least `digits` digits, or `width` if that is more, the sign included where it pads with zeros. */
function digitsOf(n: number, digits: number, pad: string, width: number): string {
  const size = String(Math.abs(n));
  const sign = n < 0 ? '-' : '';
  if (pad === '-') return sign + size;
  if (pad === '_') return (sign + size).padStart(Math.max(digits, width), ' ');
  return sign + size.padStart(Math.max(digits, width - sign.length), '0');
}

/** Week and year of ISO 8601: weeks begin on Monday, the first has the year's first Thursday. */
function isoWeek(f: Fields): { year: number; week: number } {
  const monday = (f.weekday + 6) % 7;
  const thursday = f.yday - monday + 3;
  if (thursday < 0) {
    const length = isLeap(f.year - 1) ? 366 : 365;
    return { year: f.year - 1, week: Math.floor((thursday + length) / 7) + 1 };
  }
  if (thursday >= (isLeap(f.year) ? 366 : 365)) return { year: f.year + 1, week: 1 };
  return { year: f.year, week: Math.floor(thursday / 7) + 1 };
}

/** `%` with flags and width (both without effect), a modifier and a letter. */
const DIRECTIVE = /%[-_0^#]*[0-9]*([EO]?)([a-zA-Z%])/y;
const READ_AFTER_E = 'cxCXY';
const READ_AFTER_O = 'bdehmwyBHIMSUVW';

/** strptime as glibc does it in the C locale. */
class Parser {
  private readonly text: string;
  at = 0;
  private year = 1900;
  private month = 1;
  private day = 1;
  private hour = 0;
  private minute = 0;
  private second = 0;
  private weekday = 0;
  private yday = 0;
  private weekSunday = -1;
  private weekMonday = -1;
  private century = -1;
  private wantCentury = false;
  private afternoon = false;
  private halfDay = false;
  private seconds: number | null = null;
  private hasMonth = false;
  private hasDay = false;
  private hasWeekday = false;
  private hasYday = false;
  private hasYear = false;

  constructor(text: string) {
    this.text = text;
  }

  run(format: string): boolean {
    for (let i = 0; i < format.length; ) {
      const c = format[i]!;
      if (isBlank(c)) {
        this.skipBlanks();
        i++;
      } else if (c !== '%') {
        if (this.text[this.at] !== c) return false;
        this.at++;
        i++;
      } else {
        DIRECTIVE.lastIndex = i;
        const m = DIRECTIVE.exec(format);
        if (m === null) return false;
        if (m[1] === 'E' && !READ_AFTER_E.includes(m[2]!)) return false;
        if (m[1] === 'O' && !READ_AFTER_O.includes(m[2]!)) return false;
        if (!this.one(m[2]!)) return false;
        i += m[0].length;
      }
    }
    return true;
  }

  private one(letter: string): boolean {
    const composed = COMPOSED[letter];
    if (composed !== undefined) return this.run(composed);
    switch (letter) {
      case '%':
        return this.text[this.at++] === '%';
      case 'a':
      case 'A':
        this.hasWeekday = true;
        return (this.weekday = this.name(WEEKDAYS)) >= 0;
      case 'b':
      case 'B':
      case 'h':
        this.hasMonth = true;
        return (this.month = this.name(MONTHS) + 1) > 0;
      case 'C':
        this.hasYear = true;
        return (this.century = this.number(0, 99, 2)) >= 0;
      case 'd':
      case 'e':
        this.hasDay = true;
        return (this.day = this.number(1, 31, 2)) >= 0;
      case 'k':
      case 'H':
        this.halfDay = false;
        return (this.hour = this.number(0, 23, 2)) >= 0;
      case 'l':
      case 'I':
        this.halfDay = true;
        this.hour = this.number(1, 12, 2) % 12;
        return this.hour >= 0;
      case 'j':
        this.hasYday = true;
        return (this.yday = this.number(1, 366, 3) - 1) >= 0;
      case 'm':
        this.hasMonth = true;
        return (this.month = this.number(1, 12, 2)) >= 0;
      case 'M':
        return (this.minute = this.number(0, 59, 2)) >= 0;
      case 'n':
      case 't':
        this.skipBlanks();
        return true;
      case 'p': {
        const half = this.text.slice(this.at, this.at + 2).toUpperCase();
        this.afternoon = half === 'PM';
        this.at += 2;
        return half === 'AM' || half === 'PM';
      }
      case 's':
        return this.readSeconds();
      case 'S':
        return (this.second = this.number(0, 61, 2)) >= 0;
      case 'u':
        this.hasWeekday = true;
        this.weekday = this.number(1, 7, 1) % 7;
        return this.weekday >= 0;
      case 'w':
        this.hasWeekday = true;
        return (this.weekday = this.number(0, 6, 1)) >= 0;
      case 'U':
        return (this.weekSunday = this.number(0, 53, 2)) >= 0;
      case 'W':
        return (this.weekMonday = this.number(0, 53, 2)) >= 0;
      case 'V':
        return this.number(0, 53, 2) >= 0;
      case 'g':
        return this.number(0, 99, 2) >= 0;
      case 'G':
        return this.digits() !== '';
      case 'y': {
        const n = this.number(0, 99, 2);
        this.year = n >= 69 ? 1900 + n : 2000 + n;
        this.wantCentury = this.hasYear = true;
        return n >= 0;
      }
      case 'Y':
        this.wantCentury = false;
        this.hasYear = true;
        return (this.year = this.number(0, 9999, 4)) >= 0;
      case 'z':
        return this.readOffset();
      case 'Z':
        this.skipBlanks();
        while (this.at < this.text.length && !isBlank(this.text[this.at]!)) this.at++;
        return true;
      default:
        return false;
    }
  }

  /** Blanks, then digits while there is room for another within `max`; -1 when it fails. */
  private number(min: number, max: number, digits: number): number {
    while (this.text[this.at] === ' ') this.at++;
    let n = this.digit();
    if (n < 0) return -1;
    this.at++;
    for (let left = digits - 1; left > 0 && n * 10 <= max; left--) {
      const d = this.digit();
      if (d < 0) break;
      n = n * 10 + d;
      this.at++;
    }
    return n < min || n > max ? -1 : n;
  }

  private digit(): number {
    const code = this.text.charCodeAt(this.at);
    return code >= 48 && code <= 57 ? code - 48 : -1;
  }

  /** A full name or its first three letters, in any case; -1 for neither. */
  private name(names: readonly string[]): number {
    const rest = this.text.slice(this.at, this.at + 9).toLowerCase();
    for (let i = 0; i < names.length; i++) {
      const full = names[i]!.toLowerCase();
      if (!rest.startsWith(full.slice(0, 3))) continue;
      this.at += rest.startsWith(full) ? full.length : 3;
      return i;
    }
    return -1;
  }

  private digits(): string {
    const start = this.at;
    while (this.digit() >= 0) this.at++;
    return this.text.slice(start, this.at);
  }

  private readSeconds(): boolean {
    const digits = this.digits();
    if (digits === '' || BigInt(digits) > int.INT_MAX) return false;
    this.seconds = Number(digits);
    return true;
  }

  /** `Z`, `+hh`, `+hhmm` or `+hh:mm`. Its form is all that counts here; where it matters, the last sign in the text is looked for. */
  private readOffset(): boolean {
    this.skipBlanks();
    const m = /^(?:Z|[+-]\d\d(?::?(\d\d)|(?!\d)))/.exec(this.text.slice(this.at, this.at + 7));
    if (m === null) return false;
    this.at += m[0].length;
    return Number(m[1] ?? 0) < 60;
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && isBlank(this.text[this.at]!)) this.at++;
  }

  /** What was read, as seconds of a wall time at a place. */
  wall(place: Place): number {
    if (this.seconds !== null) this.fillFromSeconds(this.seconds, place);
    if (this.halfDay && this.afternoon) this.hour += 12;
    if (this.century !== -1) this.year = this.century * 100 + (this.wantCentury ? this.year % 100 : 0);
    this.fillFromYday();
    return wallOf(this.year, this.month, this.day, this.hour, this.minute, this.second);
  }

  /** `%s`: the moment as the place shows it; parts that were given as well stay. */
  private fillFromSeconds(ts: number, place: Place): void {
    const f = localize(make(ts, place, false));
    this.hour = f.hour;
    this.minute = f.minute;
    this.second = f.second;
    if (!this.hasYear) this.year = f.year;
    if (!this.hasMonth) this.month = f.month;
    if (!this.hasDay) this.day = f.day;
    this.hasYear = this.hasMonth = this.hasDay = true;
  }

  /** Month and day, as far as they were not given, from week and weekday or from the day of the year. */
  private fillFromYday(): void {
    const weeks = Math.max(this.weekSunday, this.weekMonday);
    if (weeks !== -1 && this.hasWeekday) {
      if (!this.hasYday) this.yday = this.ydayOfWeek();
    } else if (!this.hasYday || this.hasWeekday || !(this.hasYear || this.hasMonth || this.hasDay)) return;
    if (this.hasYday && this.yday === 365 && !isLeap(this.year)) throw valueErr(time.dayOfYear(366));
    const f = fieldsOf((daysFromCivil(this.year, 1, 1) + this.yday) * DAY, 0);
    if (!this.hasMonth && !this.hasDay) this.year = f.year;
    if (!this.hasMonth) this.month = f.month;
    if (!this.hasDay) this.day = f.day;
  }

  private ydayOfWeek(): number {
    const first = fieldsOf(daysFromCivil(this.year, 1, 1) * DAY, 0).weekday;
    const [start, weeks] = this.weekSunday !== -1 ? [0, this.weekSunday] : [1, this.weekMonday];
    return ((7 - (first - start)) % 7) + (weeks - 1) * 7 + ((this.weekday - start + 7) % 7);
  }
}

const isBlank = (c: string): boolean => c === ' ' || (c >= '\t' && c <= '\r');
