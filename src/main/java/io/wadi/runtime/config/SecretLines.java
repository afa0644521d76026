package io.wadi.runtime.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides the values of secret keys in a YAML text of block style. If the value of a key {@code name} is a secret name,
 * it also hides the other values of the same mapping, such as the expression of a header. Placeholders are kept.
 */
final class SecretLines {
    /** An entry {@code name: value} of a mapping or of a list's item; groups: indentation, name, value. */
    private static final Pattern ENTRY =
            Pattern.compile("([ \\t]*(?:-[ \\t]+)*)[\"']?([\\w.-]+)[\"']?:(?:[ \\t]+(.*))?");

    /** YAML's line breaks. */
    private static final Pattern BREAK = Pattern.compile("\\r\\n|[\\n\\r\\u0085\\u2028\\u2029]");

    private static final Pattern PLACEHOLDER = Pattern.compile("[\"']?\\{\\{[^{}]*}}[\"']?");
    private static final Pattern QUOTES = Pattern.compile("^[\"']|[\"']$");
    private static final String NAME = "name";
    /** The keys that are shown in a mapping with a secret name, since they only describe it. */
    private static final Set<String> SHOWN = Set.of(NAME, "id", "description", "note", "required", "resultType");

    private final String[] lines;
    /** The line break after each line; empty after the last one. */
    private final List<String> breaks = new ArrayList<>();

    private final Predicate<String> isSecret;
    /** The lines of mappings with a secret name. */
    private final BitSet marked = new BitSet();

    SecretLines(String yaml, Predicate<String> isSecret) {
        lines = BREAK.split(yaml, -1);
        BREAK.matcher(yaml).results().map(MatchResult::group).forEach(breaks::add);
        breaks.add("");
        this.isSecret = isSecret;
    }

    String hidden() {
        for (int line = 0; line < lines.length; line++) {
            Matcher entry = ENTRY.matcher(lines[line]);
            if (entry.matches() && entry.group(2).equals(NAME) && hasValue(entry)) {
                if (isSecret.test(QUOTES.matcher(entry.group(3).strip()).replaceAll(""))) {
                    markAround(line, entry.end(1));
                }
            }
        }
        StringBuilder shown = new StringBuilder();
        int line = 0;
        while (line < lines.length) {
            Matcher entry = ENTRY.matcher(lines[line]);
            if (entry.matches() && isHidden(line, entry)) {
                shown.append(lines[line], 0, entry.start(3)).append(Secrets.HIDDEN);
                line = afterValue(line, entry.end(1));
            } else {
                shown.append(lines[line]);
                line++;
            }
            shown.append(breaks.get(line - 1));
        }
        return shown.toString();
    }

    private static boolean hasValue(Matcher entry) {
        return entry.group(3) != null && !entry.group(3).isBlank();
    }

    private boolean isHidden(int line, Matcher entry) {
        boolean isSecretEntry = isSecret.test(entry.group(2)) || (marked.get(line) && !SHOWN.contains(entry.group(2)));
        return isSecretEntry
                && hasValue(entry)
                && !PLACEHOLDER.matcher(entry.group(3).strip()).matches();
    }

    /** Marks the lines of the mapping that has its keys in this column and an entry in this line. */
    private void markAround(int line, int column) {
        int begin = line;
        while (begin > 0 && isWithin(begin, column) && (isBlank(begin - 1) || keyColumn(begin - 1) >= column)) {
            begin--;
        }
        int end = line + 1;
        while (end < lines.length && isWithin(end, column)) {
            end++;
        }
        marked.set(begin, end);
    }

    /** Returns the line after a value that continues in lines with more indentation than its key. */
    private int afterValue(int line, int column) {
        int after = line + 1;
        for (int next = after; next < lines.length && (isBlank(next) || begins(next) > column); next++) {
            if (!isBlank(next)) {
                after = next + 1;
            }
        }
        return after;
    }

    private boolean isBlank(int line) {
        return lines[line].isBlank();
    }

    private boolean isWithin(int line, int column) {
        return isBlank(line) || begins(line) >= column;
    }

    /** Returns the column of the first character, which may be the dash of an item. */
    private int begins(int line) {
        return lines[line].length() - lines[line].stripLeading().length();
    }

    private int keyColumn(int line) {
        Matcher entry = ENTRY.matcher(lines[line]);
        return entry.matches() ? entry.end(1) : begins(line);
    }
}
