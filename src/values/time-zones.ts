/**
 * The time zones that ThingsDB knows: the 597 names of tzdata in its order, and what the hours in them are called
 * (`CET`, `EDT`), which no JavaScript platform tells. Offsets and transitions come from the platform.
 *
 * Written by a script from tzdata 2025b; facts, to be renewed when a zone gets another name for its time.
 */

/** `name`, or `name:i` where the names of its hours are {@link HOURS}[i]; without it they are numbers (`-03`). */
const ZONES = `
UTC:0 Europe/Amsterdam:1 Africa/Abidjan:2 Africa/Accra:2 Africa/Addis_Ababa:3 Africa/Algiers:4 Africa/Asmara:3 Africa/Bamako:2 Africa/Bangui:5
Africa/Banjul:2 Africa/Bissau:2 Africa/Blantyre:6 Africa/Brazzaville:5 Africa/Bujumbura:6 Africa/Cairo:7 Africa/Casablanca Africa/Ceuta:8
Africa/Conakry:2 Africa/Dakar:2 Africa/Dar_es_Salaam:3 Africa/Djibouti:3 Africa/Douala:5 Africa/El_Aaiun Africa/Freetown:2 Africa/Gaborone:6
Africa/Harare:6 Africa/Johannesburg:9 Africa/Juba:10 Africa/Kampala:3 Africa/Khartoum:10 Africa/Kigali:6 Africa/Kinshasa:5 Africa/Lagos:5
Africa/Libreville:5 Africa/Lome:2 Africa/Luanda:5 Africa/Lubumbashi:6 Africa/Lusaka:6 Africa/Malabo:11 Africa/Maputo:6 Africa/Maseru:9
Africa/Mbabane:9 Africa/Mogadishu:3 Africa/Monrovia:12 Africa/Nairobi:3 Africa/Ndjamena:13 Africa/Niamey:5 Africa/Nouakchott:2 Africa/Ouagadougou:2
Africa/Porto-Novo:5 Africa/Sao_Tome:11 Africa/Tripoli:14 Africa/Tunis:1 Africa/Windhoek:15 America/Adak:16 America/Anchorage:17 America/Anguilla:18
America/Antigua:18 America/Araguaina America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/Cordoba America/Argentina/Jujuy
America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan
America/Argentina/San_Luis America/Argentina/Tucuman America/Argentina/Ushuaia America/Aruba:18 America/Asuncion America/Atikokan:19 America/Bahia
America/Bahia_Banderas:20 America/Barbados:21 America/Belem America/Belize:22 America/Blanc-Sablon:18 America/Boa_Vista America/Bogota
America/Boise:23 America/Cambridge_Bay:24 America/Campo_Grande America/Cancun:25 America/Caracas America/Cayenne America/Cayman:19
America/Chicago:22 America/Chihuahua:26 America/Costa_Rica:22 America/Creston:27 America/Cuiaba America/Curacao:18 America/Danmarkshavn:2
America/Dawson:28 America/Dawson_Creek:29 America/Denver:23 America/Detroit:30 America/Dominica:18 America/Edmonton:23 America/Eirunepe
America/El_Salvador:22 America/Fort_Nelson:31 America/Fortaleza America/Glace_Bay:21 America/Goose_Bay:32 America/Grand_Turk:33 America/Grenada:18
America/Guadeloupe:18 America/Guatemala:22 America/Guayaquil America/Guyana America/Halifax:21 America/Havana:34 America/Hermosillo:23
America/Indiana/Indianapolis:30 America/Indiana/Knox:35 America/Indiana/Marengo:36 America/Indiana/Petersburg:37 America/Indiana/Tell_City:38
America/Indiana/Vevay:30 America/Indiana/Vincennes:39 America/Indiana/Winamac:40 America/Inuvik:41 America/Iqaluit:42 America/Jamaica:30
America/Juneau:43 America/Kentucky/Louisville:44 America/Kentucky/Monticello:45 America/Kralendijk:18 America/La_Paz America/Lima
America/Los_Angeles:46 America/Lower_Princes:18 America/Maceio America/Managua:47 America/Manaus America/Marigot:18 America/Martinique:21
America/Matamoros:22 America/Mazatlan:23 America/Menominee:48 America/Merida:49 America/Metlakatla:50 America/Mexico_City:22 America/Miquelon:18
America/Moncton:21 America/Monterrey:22 America/Montevideo America/Montserrat:18 America/Nassau:30 America/New_York:30 America/Nipigon:30
America/Nome:51 America/Noronha America/North_Dakota/Beulah:52 America/North_Dakota/Center:53 America/North_Dakota/New_Salem:54 America/Nuuk
America/Ojinaga:55 America/Panama:19 America/Pangnirtung:42 America/Paramaribo America/Phoenix:23 America/Port-au-Prince:30 America/Port_of_Spain:18
America/Porto_Velho America/Puerto_Rico:18 America/Punta_Arenas America/Rainy_River:22 America/Rankin_Inlet:56 America/Recife America/Regina:57
America/Resolute:58 America/Rio_Branco America/Santarem America/Santiago America/Santo_Domingo:59 America/Sao_Paulo America/Scoresbysund
America/Sitka:60 America/St_Barthelemy:18 America/St_Johns:61 America/St_Kitts:18 America/St_Lucia:18 America/St_Thomas:18 America/St_Vincent:18
America/Swift_Current:62 America/Tegucigalpa:22 America/Thule:21 America/Thunder_Bay:30 America/Tijuana:46 America/Toronto:30 America/Tortola:18
America/Vancouver:46 America/Whitehorse:28 America/Winnipeg:22 America/Yakutat:63 America/Yellowknife:23 Antarctica/Casey:64 Antarctica/Davis:64
Antarctica/DumontDUrville Antarctica/Macquarie:65 Antarctica/Mawson Antarctica/McMurdo:66 Antarctica/Palmer:64 Antarctica/Rothera:64
Antarctica/Syowa Antarctica/Troll:67 Antarctica/Vostok:64 Arctic/Longyearbyen:1 Asia/Aden Asia/Almaty Asia/Amman:68 Asia/Anadyr Asia/Aqtau
Asia/Aqtobe Asia/Ashgabat Asia/Atyrau Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Barnaul Asia/Beirut:7 Asia/Bishkek Asia/Brunei
Asia/Chita Asia/Choibalsan Asia/Colombo Asia/Damascus:69 Asia/Dhaka Asia/Dili Asia/Dubai Asia/Dushanbe Asia/Famagusta:70 Asia/Gaza:71 Asia/Hebron:71
Asia/Ho_Chi_Minh Asia/Hong_Kong:72 Asia/Hovd Asia/Irkutsk Asia/Jakarta:73 Asia/Jayapura:74 Asia/Jerusalem:75 Asia/Kabul Asia/Kamchatka
Asia/Karachi:76 Asia/Kathmandu Asia/Khandyga Asia/Kolkata:77 Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuching Asia/Kuwait Asia/Macau:78 Asia/Magadan
Asia/Makassar:79 Asia/Manila:80 Asia/Muscat Asia/Nicosia:7 Asia/Novokuznetsk Asia/Novosibirsk Asia/Omsk Asia/Oral Asia/Phnom_Penh Asia/Pontianak:81
Asia/Pyongyang:82 Asia/Qatar Asia/Qostanay Asia/Qyzylorda Asia/Riyadh Asia/Sakhalin Asia/Samarkand Asia/Seoul:83 Asia/Shanghai:78 Asia/Singapore
Asia/Srednekolymsk Asia/Taipei:78 Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Thimphu Asia/Tokyo:84 Asia/Tomsk Asia/Ulaanbaatar Asia/Urumqi
Asia/Ust-Nera Asia/Vientiane Asia/Vladivostok Asia/Yakutsk Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores:85 Atlantic/Bermuda:21
Atlantic/Canary:86 Atlantic/Cape_Verde Atlantic/Faroe:86 Atlantic/Madeira:87 Atlantic/Reykjavik:88 Atlantic/South_Georgia Atlantic/St_Helena:2
Atlantic/Stanley Australia/Adelaide:89 Australia/Brisbane:65 Australia/Broken_Hill:89 Australia/Currie:65 Australia/Darwin:90 Australia/Eucla
Australia/Hobart:65 Australia/Lindeman:65 Australia/Lord_Howe:91 Australia/Melbourne:65 Australia/Perth:92 Australia/Sydney:65 Canada/Atlantic:21
Canada/Central:22 Canada/Eastern:30 Canada/Mountain:23 Canada/Newfoundland:61 Canada/Pacific:46 Europe/Andorra:1 Europe/Astrakhan Europe/Athens:7
Europe/Belgrade:1 Europe/Berlin:1 Europe/Bratislava:1 Europe/Brussels:1 Europe/Bucharest:7 Europe/Budapest:1 Europe/Busingen:1 Europe/Chisinau:93
Europe/Copenhagen:1 Europe/Dublin:94 Europe/Gibraltar:1 Europe/Guernsey:95 Europe/Helsinki:7 Europe/Isle_of_Man:95 Europe/Istanbul:96
Europe/Jersey:95 Europe/Kaliningrad:97 Europe/Kiev:98 Europe/Kirov:99 Europe/Lisbon:100 Europe/Ljubljana:1 Europe/London:95 Europe/Luxembourg:1
Europe/Madrid:1 Europe/Malta:1 Europe/Mariehamn:7 Europe/Minsk:101 Europe/Monaco:1 Europe/Moscow:102 Europe/Oslo:1 Europe/Paris:1 Europe/Podgorica:1
Europe/Prague:1 Europe/Riga:103 Europe/Rome:1 Europe/Samara Europe/San_Marino:1 Europe/Sarajevo:1 Europe/Saratov Europe/Simferopol:104
Europe/Skopje:1 Europe/Sofia:7 Europe/Stockholm:1 Europe/Tallinn:103 Europe/Tirane:1 Europe/Ulyanovsk Europe/Uzhgorod:98 Europe/Vaduz:1
Europe/Vatican:1 Europe/Vienna:1 Europe/Vilnius:105 Europe/Volgograd:106 Europe/Warsaw:1 Europe/Zagreb:1 Europe/Zaporozhye:98 Europe/Zurich:1 GMT:2
Indian/Antananarivo:3 Indian/Chagos Indian/Christmas Indian/Cocos Indian/Comoro:3 Indian/Kerguelen Indian/Mahe Indian/Maldives Indian/Mauritius
Indian/Mayotte:3 Indian/Reunion Pacific/Apia Pacific/Auckland:66 Pacific/Bougainville Pacific/Chatham Pacific/Chuuk Pacific/Easter Pacific/Efate
Pacific/Enderbury Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier Pacific/Guadalcanal Pacific/Guam:107
Pacific/Honolulu:108 Pacific/Kiritimati Pacific/Kosrae Pacific/Kwajalein Pacific/Majuro Pacific/Marquesas Pacific/Midway:109 Pacific/Nauru
Pacific/Niue Pacific/Norfolk Pacific/Noumea Pacific/Pago_Pago:109 Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Port_Moresby
Pacific/Rarotonga Pacific/Saipan:107 Pacific/Tahiti Pacific/Tarawa Pacific/Tongatapu Pacific/Wake Pacific/Wallis US/Alaska:17 US/Arizona:23
US/Central:22 US/Eastern:30 US/Hawaii:108 US/Mountain:23 US/Pacific:46 Africa/Asmera:3 Africa/Timbuktu:2 America/Argentina/ComodRivadavia
America/Atka:16 America/Buenos_Aires America/Catamarca America/Coral_Harbour:19 America/Cordoba America/Ensenada:46 America/Fort_Wayne:30
America/Godthab America/Indianapolis:30 America/Jujuy America/Knox_IN:35 America/Louisville:44 America/Mendoza America/Montreal:30
America/Porto_Acre America/Rosario America/Santa_Isabel:46 America/Shiprock:23 America/Virgin:18 Antarctica/South_Pole:66 Asia/Ashkhabad
Asia/Calcutta:77 Asia/Chongqing:78 Asia/Chungking:78 Asia/Dacca Asia/Harbin:78 Asia/Istanbul:96 Asia/Kashgar Asia/Katmandu Asia/Macao:78
Asia/Rangoon Asia/Saigon Asia/Tel_Aviv:75 Asia/Thimbu Asia/Ujung_Pandang:79 Asia/Ulan_Bator Atlantic/Faeroe:86 Atlantic/Jan_Mayen:1 Australia/ACT:65
Australia/Canberra:65 Australia/LHI:91 Australia/NSW:65 Australia/North:90 Australia/Queensland:65 Australia/South:89 Australia/Tasmania:65
Australia/Victoria:65 Australia/West:92 Australia/Yancowinna:89 Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET:1 CST6CDT:22
Canada/Saskatchewan:57 Canada/Yukon:28 Chile/Continental Chile/EasterIsland Cuba:34 EET:7 EST:19 EST5EDT:30 Egypt:7 Eire:94 Etc/GMT:2 Etc/GMT+0:2
Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0:2 Etc/GMT-1
Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0:2
Etc/Greenwich:2 Etc/UCT:0 Etc/UTC:0 Etc/Universal:0 Etc/Zulu:0 Europe/Belfast:95 Europe/Nicosia:7 Europe/Tiraspol:93 GB:95 GB-Eire:95 GMT+0:2
GMT-0:2 GMT0:2 Greenwich:2 HST:108 Hongkong:72 Iceland:2 Iran Israel:75 Jamaica:30 Japan:84 Kwajalein Libya:14 MET:110 MST:27 MST7MDT:23
Mexico/BajaNorte:46 Mexico/BajaSur:23 Mexico/General:22 NZ:66 NZ-CHAT Navajo:23 PRC:78 PST8PDT:46 Pacific/Johnston:108 Pacific/Ponape
Pacific/Samoa:109 Pacific/Truk Pacific/Yap Poland:1 Portugal:100 ROC:78 ROK:83 Singapore Turkey:96 UCT:0 US/Aleutian:16 US/East-Indiana:30
US/Indiana-Starke:35 US/Michigan:30 US/Samoa:109 Universal:0 W-SU:102 WET:86 Zulu:0 America/Ciudad_Juarez:111 Europe/Kyiv:98 Pacific/Kanton
America/Coyhaique
`;

/**
 * Names of hours with the minutes east of UTC for which they stand (with seconds after a dot); each `@` is a moment
 * from which on others hold. They begin in 1960; an offset that is not listed is its own name.
 */
const HOURS = [
  'UTC0',
  'CET60 CEST120',
  'GMT0',
  'EAT180',
  'WET0 CET60@41468400 WET0 WEST60@246236400 WET0 CET60 CEST120@325468800 WET0 WEST60@357523200 CET60',
  'WAT60',
  'CAT120',
  'EET120 EEST180',
  'WET0 WEST60@448243200 CET60 CEST120',
  'SAST120',
  'CAT120 CAST180@947930400 CAT120 EAT180',
  'GMT0 WAT60',
  'MMT-44.30 GMT0',
  'WAT60 WAST120',
  'CET60 EET120@386463600 CET60 CEST120@641775600 CET60 EET120@860108400 CEST120@875916000 CET60 EET120@1364515200 CEST120@1382659200 EET120',
  'SAST120@637970400 WAT60 CAT120',
  'NST-660@-86878800 BST-660 BDT-600@436363200 AHST-600@439034400 HST-600 HDT-540',
  'AST-600@-86882400 AHST-600 AHDT-540@436359600 YST-540@439030800 AKST-540 AKDT-480',
  'AST-240',
  'EST-300',
  'MST-420 MDT-360 CDT-300@1288508400 CST-360 CDT-300',
  'AST-240 ADT-180',
  'CST-360 CDT-300',
  'MST-420 MDT-360',
  'MST-420 MDT-360@941356800 CST-360 CDT-300@972802800 CST-360 EST-300@986115600 MST-420 MDT-360',
  'CST-360 EST-300@828864000 CST-360 CDT-300@877849200 EST-300 EDT-240@902037600 CST-360 CDT-300@1422777600 EST-300',
  'CST-360 CDT-300@891766800 MST-420 MDT-360@1667116800 CST-360',
  'MST-420',
  'YST-540 PST-480 YDDT-420@325677600 PST-480 PDT-420@1604214000 MST-420',
  'PST-480 PDT-420@84013200 MST-420',
  'EST-300 EDT-240',
  'PST-480 PDT-420@1425808800 MST-420',
  'AST-240 NST-210 ADT-180 NDT-150 ADDT-120',
  'EST-300 EDT-240@1425798000 AST-240@1520751600 EST-300 EDT-240',
  'CST-300 CDT-240',
  'CST-360 CDT-300@-242236800 CST-360 EST-300@-84384000 CST-360 CDT-300@688546800 EST-300@1143961200 CST-360 CDT-300',
  'CST-360 CDT-300@-273686400 EST-300 EDT-240@126687600 CDT-300@152089200 EST-300 EDT-240',
  'CST-360 CDT-300@-147888000 CST-360 EST-300@-84384000 CST-360 CDT-300@247042800 EST-300@1143961200 CST-360 CDT-300@1194159600 EST-300 EDT-240',
  'CST-360 CDT-300@-179337600 CST-360 EST-300@-52934400 CST-360 CDT-300 EDT-240@-5767200 EST-300 EDT-240@1143961200 CST-360 CDT-300',
  'CST-360 CDT-300@-179337600 EST-300 EDT-240@1143961200 CST-360 CDT-300@1194159600 EST-300 EDT-240',
  'CST-360 CDT-300@-273686400 EST-300 EDT-240@1143961200 CST-360 CDT-300 EDT-240@1194156000 EST-300 EDT-240',
  'PST-480 PDT-420 MDT-360@309945600 MST-420 MDT-360',
  'CST-360 EST-300 EDT-240@954662400 CDT-300@972802800 EST-300 EDT-240',
  'PST-480 PDT-420@325677600 YDT-480@341402400 YST-540 PST-480 PDT-420@439030800 AKST-540 AKDT-480',
  'CST-360 CDT-300@-266432400 EST-300 EDT-240@126687600 CDT-300@152089200 EST-300 EDT-240',
  'CST-360 CDT-300@972802800 EST-300 EDT-240',
  'PST-480 PDT-420',
  'CST-360 EST-300@290584800 CST-360 CDT-300@694260000 CST-360 EST-300@1113112800 CST-360 CDT-300',
  'CST-360 CDT-300@-21484800 EST-300@104914800 CST-360 CDT-300',
  'CST-360 EST-300@828864000 CST-360 CDT-300',
  'AKST-540 PST-480 PDT-420@1457866800 AKST-540 AKDT-480@1541325600 AKST-540 PST-480@1552215600 AKST-540 AKDT-480',
  'NST-660@-86878800 BST-660 BDT-600 YST-540@439030800 AKST-540 AKDT-480',
  'MST-420 MDT-360@1289116800 CST-360 CDT-300',
  'MST-420 MDT-360@720000000 CST-360 CDT-300',
  'MST-420 MDT-360@1067155200 CST-360 CDT-300',
  'CST-360 CDT-300@891766800 MST-420 MDT-360@1667116800 CST-360 CDT-300',
  'CST-360 CDT-300@972802800 EST-300@986112000 CST-360 CDT-300',
  'MST-420 CST-360',
  'CST-360 CDT-300@972802800 EST-300@986112000 CST-360 CDT-300@1162105200 EST-300@1173600000 CST-360 CDT-300',
  'EST-300 EDT-240@152082000 EST-300 AST-240',
  'YST-540 PST-480 PDT-420@439030800 AKST-540 AKDT-480',
  'NST-210 NDT-150 NDDT-90',
  'MST-420 MDT-360@73472400 CST-360',
  'YST-540 YDT-480@439030800 AKST-540 AKDT-480',
  '-000',
  'AEST600 AEDT660',
  'NZST720 NZDT780',
  '-000@1108166400 ',
  'EET120 EEST180@1666908000 ',
  'EET120 EEST180@1666904400 ',
  'EET120 EEST180@1473282000 EET120@1521939600 EET120 EEST180',
  'EET120 EEST180@-81313200 IST120 IDT180@820447200 EET120 EEST180',
  'HKT480 HKST540',
  'WIB420',
  'WIT540',
  'IST120 IDT180',
  '@38775600 PKT300 PKST360',
  'IST330',
  'CST480 CDT540',
  'WITA480',
  'PST480 PDT540',
  'WIB420 WITA480',
  'KST510 KST540',
  'KST510 KST540 KDT570 KDT600',
  'JST540',
  '@725421600 WET0 WEST60@740278800 ',
  'WET0 WEST60',
  '@-102546000 WET0 WEST60',
  '@-54770400 GMT0',
  'ACST570 ACDT630',
  'ACST570',
  'AEST600',
  'AWST480 AWDT540',
  'MSK180 MSD240@641944800 EET120 EEST180',
  'GMT0 IST60',
  'GMT0 BST60',
  'EET120 EEST180@267915600 EET120@482799600 EET120 EEST180@1473195600 ',
  'MSK180 MSD240@606870000 EET120 EEST180@1301184000 EET120',
  'MSK180 MSD240@646783200 EET120 EEST180',
  '@606866400 MSK180 MSD240@670374000 @701820000 MSK180 MSD240@1301180400 MSK180 MSK240',
  'WET0 WEST60@-102549600 WET0 CET60@228268800 WET0 WEST60@717555600 CET60 CEST120@828234000 WET0 WEST60',
  'MSK180 MSD240@670374000 EET120 EEST180@1301184000 ',
  'MSK180 MSD240@670374000 EET120 EEST180@695779200 MSK180 MSD240@1301180400 MSK180 MSK240',
  'MSK180 MSD240@606870000 EET120 EEST180',
  'EET120 MSK180 MSD240@701827200 EET120 EEST180 MSD240@780447600 MSK180 MSD240@859683600 EET120 EEST180 MSK240@1414274400 MSK180',
  'MSK180 MSD240@606870000 EET120 EEST180@891133200 CET60 CEST120@941331600 EET120 EEST180',
  '@575416800 MSK180 MSD240@670374000 @701820000 MSK180 MSD240@1301180400 MSK180 MSK240@1540681200 MSK180',
  'GST600 GDT660@977493600 ChST600',
  'HST-600',
  'SST-660',
  'MET60 MEST120',
  'CST-360 CDT-300@891766800 MST-420 MDT-360@1667116800 MST-420 CST-360@1678611600 MST-420 MDT-360',
];

const hours = new Map<string, string>();
for (const entry of ZONES.trim().split(/\s+/)) {
  const [name, index] = entry.split(':');
  hours.set(name!, index === undefined ? '' : HOURS[Number(index)]!);
}

/** All names, UTC and Europe/Amsterdam first. */
export const TIME_ZONES: readonly string[] = [...hours.keys()];

/** True for the exact name of a time zone. */
export function isTimeZone(name: string): boolean {
  return hours.has(name);
}

/** A time in which a zone calls its hours by the same names: by offset in seconds. */
interface Period {
  readonly from: number;
  readonly names: ReadonlyMap<number, string>;
}

// A cache, not state: what is read of a zone's entry above when its hours are first named.
const periods = new Map<string, readonly Period[]>();

function periodsOf(zone: string): readonly Period[] {
  let read = periods.get(zone);
  if (read === undefined) periods.set(zone, (read = (hours.get(zone) ?? '').split('@').map(readPeriod)));
  return read;
}

/** All but a zone's first begin with their moment. */
function readPeriod(text: string, i: number): Period {
  const [from, entries] = i === 0 ? [-Infinity, text] : [Number(text.slice(0, text.indexOf(' '))), text.slice(text.indexOf(' ') + 1)];
  const names = new Map<number, string>();
  for (const entry of entries.split(' ')) {
    // `-00`, "unknown", is the only name with digits of its own.
    const end = entry.startsWith('-00') ? 3 : entry.search(/-?\d/);
    if (end <= 0) continue;
    const [minutes, seconds = '0'] = entry.slice(end).split('.') as [string, string?];
    const offset = Number(minutes) * 60 + (minutes.startsWith('-') ? -1 : 1) * Number(seconds);
    if (!names.has(offset)) names.set(offset, entry.slice(0, end));
  }
  return { from, names };
}

/** What the hours are called at a moment in a zone (`%Z`), given the offset that holds there, in seconds. */
export function hourName(zone: string, ts: number, offset: number): string {
  const period = periodsOf(zone).findLast(({ from }) => from <= ts)!;
  const name = period.names.get(offset);
  if (name !== undefined) return name;
  if (offset % 60 !== 0) return 'LMT';
  const minutes = Math.abs(offset) / 60;
  const two = (n: number): string => String(n).padStart(2, '0');
  return (offset < 0 ? '-' : '+') + two(Math.trunc(minutes / 60)) + (minutes % 60 === 0 ? '' : two(minutes % 60));
}

/** The names as MessagePack: a list of strs, which is what `time_zones_info()` answers. */
export function packTimeZones(): Uint8Array {
  const bytes = [0xdc, TIME_ZONES.length >> 8, TIME_ZONES.length & 0xff];
  for (const name of TIME_ZONES) {
    if (name.length < 32) bytes.push(0xa0 | name.length);
    else bytes.push(0xd9, name.length);
    for (let i = 0; i < name.length; i++) bytes.push(name.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}
