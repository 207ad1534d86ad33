// What two texts are compared by: the twin of apps/folding/domain/folding.py, with its tables.
const DROPPED = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0009\u000a\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|_x000[dD]_/g;
const UNSEEN = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]|_x000[dD]_/g;
const FROM = [..."−–—‒―‐‑﹣－戶⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"];
const TO = [..."---------户厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"];
const ALIKE = new Map(FROM.map((char, place) => [char, TO[place]]));

// A number in one line, half-width: nothing unseen, trimmed, white space as one blank.
export function halfWidth(text) {
  return text.normalize("NFKC").replace(UNSEEN, "").replace(/\s+/g, " ").trim();
}

export function folded(text) {
  if (/^[0-9A-Za-z]*$/.test(text)) return text.toLowerCase();
  const once = text.normalize("NFKC").replace(DROPPED, "");
  const alike = Array.from(once, (char) => ALIKE.get(char) ?? char).join("");
  return alike.normalize("NFKC").toLowerCase().replaceAll("ς", "σ");
}

// The words of what somebody searches for, folded.
export function wordsOf(query) {
  return query.split(/\s+/).map(folded).filter(Boolean);
}
