import { basename, extname } from 'node:path';
import { hasGeneratedNotice } from './generatedNotice';

/** A file as the rules see it. */
export interface TextFile {
  readonly path: string;
  /** Its text, front matter included. */
  readonly text: string;
}

/** Texts that a program or a standards body wrote, and the writer did not. Each rule is meant to miss some rather than to take one too many. */
const RULES: readonly ((file: TextFile) => boolean)[] = [
  hasGeneratedNotice,
  isChangeLog,
  isBoilerplate,
  isPackageList,
  isData,
];

/** Whether a file was written by a program, or is a standard text. */
export function isGenerated(file: TextFile): boolean {
  return RULES.some((rule) => rule(file));
}

/** The file's name without folder and ending, lower case, words joined by "-". */
function stem({ path }: TextFile): string {
  return basename(path, extname(path))
    .toLowerCase()
    .replace(/[\s_.]+/g, '-');
}

/**
 * A change log: named so, or three and more headings of one level name versions, and these are half of that level's headings. Numbered
 * chapters ("## 1.2 Method") and diaries (headings that are dates) are none.
 */
function isChangeLog(file: TextFile): boolean {
  if (/^change-?logs?$/.test(stem(file))) return true;
  const levels = new Map<string, { all: number; versions: number }>();
  for (const [, marks, heading] of file.text.matchAll(/^(#{1,4})[ \t]+(.+)$/gm)) {
    const counts = levels.get(marks!) ?? { all: 0, versions: 0 };
    counts.all++;
    if (namesVersion(heading!)) counts.versions++;
    levels.set(marks!, counts);
  }
  return [...levels.values()].some(({ all, versions }) => versions >= 3 && versions * 2 >= all);
}

const VERSION = /^(?:(?:version|release)\s+)?\[?v?\d+(?:\.\d+)+[^\s\](]*(.*)$/i;
const BESIDE_A_VERSION =
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|unreleased|released|yanked|https?:\S+|\d+(?:st|nd|rd|th)\b/gi;

/** Whether a heading is a version number, alone or with a date. */
function namesVersion(heading: string): boolean {
  const rest = VERSION.exec(heading)?.[1];
  return rest !== undefined && !/\p{L}{2}/u.test(rest.replace(BESIDE_A_VERSION, ''));
}

const LICENCE_NAME =
  /^(?:un)?licen[cs]es?(?:-(?:mit|apache|bsd|gpl|lgpl|agpl|mpl|isc|cc|cc0|docs?|code|text|\d)[\d-]*)?$|^copying$|^third-party-(?:notices?|licen[cs]es?)$/;
const STANDARD_TEXT =
  /Permission is hereby granted, free of charge, to any person|GNU (?:AFFERO |LESSER |FREE )?(?:GENERAL PUBLIC|DOCUMENTATION) LICENSE\s+Version \d|Apache License\s+Version 2\.0, January 2004|Redistribution and use in source and binary forms, with or without|By exercising the Licensed Rights|Contributor Covenant Code of Conduct|We as members, contributors, and leaders pledge/i;
/** A standard text begins here at the latest; an essay or a README that quotes one has said something else before. */
const BEGINNING = 800;

/** A licence or a code of conduct: named as a licence, or a standard text from its beginning on. */
function isBoilerplate(file: TextFile): boolean {
  return LICENCE_NAME.test(stem(file)) || STANDARD_TEXT.test(file.text.slice(0, BEGINNING));
}

/** Lists that package managers and builds read or write, by name; they are found where *.txt is included. */
function isPackageList(file: TextFile): boolean {
  return (
    /^(?:.*-)?(?:requirements|constraints|lock|cmakelists|robots|sources-list)(?:-.*)?$/.test(stem(file)) &&
    extname(file.path).toLowerCase() === '.txt'
  );
}

/**
 * Data rather than words: fewer than half of its characters are letters (tables of numbers, logs), or half of them stand in runs that are
 * longer than a word (base64, hashes). Addresses do not count.
 */
function isData({ text }: TextFile): boolean {
  const solid = text.replace(/\bhttps?:\S+/g, '');
  const characters = solid.replace(/\s+/g, '').length;
  let letters = 0;
  for (const [run] of solid.matchAll(/[\p{L}\p{M}]+/gu)) letters += run.length;
  let inRuns = 0;
  for (const [run] of solid.matchAll(/[A-Za-z0-9+/=_-]{65,}/g)) inRuns += run.length;
  return characters > 0 && (letters * 2 < characters || inRuns * 2 > characters);
}
