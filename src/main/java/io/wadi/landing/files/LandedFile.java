package io.wadi.landing.files;

import io.wadi.landing.format.Format;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * The range of offsets and the format of one landed file, encoded in its name:
 * {@code topic+partition+first+last.jsonl}, in the form of Kafka Connect's HDFS files, with offsets of 20 digits. Names
 * of all formats are parsed, regardless of the configured format.
 *
 * @param partition the topic's partition
 * @param first the first offset covered
 * @param last the last offset covered, not less than {@code first}
 * @param format of the content
 */
public record LandedFile(TopicPartition partition, long first, long last, Format format) {
    public static final Comparator<LandedFile> BY_OFFSET = Comparator.comparingLong(LandedFile::first);

    private static final Pattern NAME =
            Pattern.compile("(.+)\\+(0|[1-9]\\d{0,9})\\+(\\d{20})\\+(\\d{20})\\.(\\w+(?:\\.\\w+)?)");

    public LandedFile {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("%s: invalid range of offsets %d to %d: expected 0 <= first <= last"
                    .formatted(partition, first, last));
        }
    }

    /** Creates a file of JSON lines. */
    public LandedFile(TopicPartition partition, long first, long last) {
        this(partition, first, last, Format.JSONL);
    }

    public String name() {
        return String.format(
                Locale.ROOT,
                "%s+%d+%020d+%020d.%s",
                partition.topic(),
                partition.partition(),
                first,
                last,
                format.extension());
    }

    /**
     * Returns a prefix that sorts before the names of a partition's files that begin at offset {@code first} or later,
     * and after the names of all others.
     */
    static String prefix(TopicPartition partition, long first) {
        return String.format(Locale.ROOT, "%s+%d+%020d", partition.topic(), partition.partition(), first);
    }

    public boolean covers(long offset) {
        return first <= offset && offset <= last;
    }

    /** Parses a name; empty if it is not that of a landed file. */
    public static Optional<LandedFile> parse(String name) {
        Matcher parts = NAME.matcher(name);
        return parts.matches() ? Format.of(parts.group(5)).flatMap(format -> parse(parts, format)) : Optional.empty();
    }

    private static Optional<LandedFile> parse(Matcher parts, Format format) {
        try {
            return Optional.of(new LandedFile(
                    new TopicPartition(parts.group(1), Integer.parseInt(parts.group(2))),
                    Long.parseLong(parts.group(3)),
                    Long.parseLong(parts.group(4)),
                    format));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
