// Numbers and times as text.

const three = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const exactlyThree = new Intl.NumberFormat("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(number) {
  if (number === null || number === undefined) {
    return "–";
  }
  if (number < 1e6) {
    return whole.format(number);
  }
  const [divisor, unit] = number < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${exactlyThree.format(number / divisor)} ${unit}`;
}

export function perSecond(rate) {
  if (rate === null || rate === undefined) {
    return "–";
  }
  return rate > 0 && rate < 10 ? `${rate < 0.1 ? "< 0.1" : rate.toFixed(1)}/s` : `${count(Math.round(rate))}/s`;
}

export function bytes(number) {
  if (number === null || number === undefined) {
    return "–";
  }
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, number)) / 10));
  return unit === 0 ? `${number} B` : `${three.format(number / 1024 ** unit)} ${units[unit]}`;
}

export function seconds(number) {
  const whole = Math.round(number);
  if (whole < 60) {
    return number > 0 && number < 10 ? `${number.toFixed(1)} s` : `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes} min ${whole % 60} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** Formats the age of the oldest unprocessed record; a lower bound below one second is "just now". */
export function behindFor(item) {
  if (!item.lag) {
    return "–";
  }
  return item.secondsAreAtLeast && item.seconds < 1 ? "just now" : `${item.secondsAreAtLeast ? "over " : ""}${seconds(item.seconds)}`;
}

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");
export const some = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
export const exactly = (number) => grouped.format(number);
export const range = (first, last) => (first === last ? exactly(first) : `${exactly(first)} to ${exactly(last)}`);

/** Formats a time, with its day if that is not today. */
export function when(ms) {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? "–" : time.toDateString() === new Date().toDateString() ? clock(ms) : time.toLocaleString("en-GB");
}

/** Returns a text of a server with its times in local time, shortened to a maximum number of characters. */
export function inShort(text, longest = 320) {
  const local = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => when(Date.parse(time)));
  return local.length <= longest ? local : `${local.slice(0, longest - 1)}…`;
}
