import { IANAZone } from 'luxon';
import { expect, test } from 'vitest';
import { TIME_ZONES, hourName, isTimeZone, packTimeZones } from '../../src/values/time-zones.ts';

test('the names are those of the server', () => {
  expect(TIME_ZONES.length).toBe(597);
  expect(TIME_ZONES.slice(0, 2)).toEqual(['UTC', 'Europe/Amsterdam']);
  expect(new Set(TIME_ZONES).size).toBe(597);
  expect(TIME_ZONES.filter((name) => name.startsWith('Etc/')).length).toBe(35);
  expect(packTimeZones().length).toBe(9098);
  expect(['GMT', 'EST', 'Europe/Kyiv', 'Etc/GMT+3'].every(isTimeZone)).toBe(true);
  expect(['', 'Z', 'utc', 'Europe', 'Factory', '+01', 'constructor'].some(isTimeZone)).toBe(false);
});

test('the platform knows them all', () => {
  expect(TIME_ZONES.filter((name) => !IANAZone.isValidZone(name))).toEqual([]);
});

test('names of hours', () => {
  const cases: [string, number, number, string][] = [
    ['Europe/Amsterdam', 1704067200, 3600, 'CET'],
    ['Europe/Amsterdam', 1720000000, 7200, 'CEST'],
    ['Europe/Moscow', 1300000000, 10800, 'MSK'],
    ['Europe/Moscow', 1310000000, 14400, 'MSK'],
    ['Europe/Moscow', 1247000000, 14400, 'MSD'],
    ['America/Sao_Paulo', 1704067200, -10800, '-03'],
    ['Asia/Tehran', 1720000000, 12600, '+0330'],
    ['Australia/Lord_Howe', 1704067200, 39600, '+11'],
    ['Africa/Monrovia', 60000000, -2670, 'MMT'],
    ['Europe/Amsterdam', -9e9, 1172, 'LMT'],
    ['UTC', 0, 0, 'UTC'],
    ['Antarctica/Troll', 0, 0, '-00'],
    ['Antarctica/Troll', 1720000000, 7200, '+02'],
  ];
  for (const [zone, ts, offset, want] of cases) expect(hourName(zone, ts, offset), zone).toBe(want);
});
