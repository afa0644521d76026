package io.wadi.landing.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * The records visible to readers of a partition, in files with the lines v&lt;offset&gt;. Parses file names
 * independently of the main code, so that mistakes in naming are found.
 */
final class VisibleRecords {
    private static final Pattern NAME =
            Pattern.compile(".+\\+\\d+\\+(\\d{20})\\+(\\d{20})(\\.compacting-(\\d+)-(\\d{20})-[0-9a-f-]{36})?\\.jsonl");

    private VisibleRecords() {}

    /** Asserts that each file's content matches its name; returns all visible offsets, sorted, with duplicates. */
    static List<Long> in(Map<String, byte[]> files) {
        List<Long> offsets = new ArrayList<>();
        files.forEach((name, content) -> {
            Matcher parts = NAME.matcher(name);
            assertThat(parts.matches()).as(name).isTrue();
            boolean merged = parts.group(3) != null && content.length != Long.parseLong(parts.group(4));
            List<Long> covered = LongStream.rangeClosed(
                            Long.parseLong(parts.group(1)), Long.parseLong(parts.group(merged ? 5 : 2)))
                    .boxed()
                    .toList();
            assertThat(new String(content, UTF_8)).as(name).isEqualTo(lines(covered));
            offsets.addAll(covered);
        });
        offsets.sort(null);
        return offsets;
    }

    static String lines(List<Long> offsets) {
        StringBuilder lines = new StringBuilder();
        offsets.forEach(offset -> lines.append('v').append(offset).append('\n'));
        return lines.toString();
    }

    static String lines(long first, long last) {
        return lines(LongStream.rangeClosed(first, last).boxed().toList());
    }
}
