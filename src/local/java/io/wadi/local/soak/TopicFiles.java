package io.wadi.local.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads the visible files of a topic with a plain client and its own parser of names, so that it detects wrong names.
 */
public final class TopicFiles {
    private static final Pattern NAME = Pattern.compile("(.+)\\+(\\d+)\\+(\\d{20})\\+(\\d{20})\\.([a-z.]+)");

    private TopicFiles() {}

    /**
     * A visible file.
     *
     * @param partition the partition of its directory
     * @param first the first offset, from its name
     * @param last the last offset, from its name
     * @param lines its content, see {@link LandedContent}
     */
    public record Landed(int partition, long first, long last, String extension, List<String> lines) {}

    /** Returns all visible files of a topic, ordered by partition and offset. */
    public static List<Landed> landed(FileSystem files, String directory, String topic) throws IOException {
        List<Landed> landed = new ArrayList<>();
        forEach(files, directory, topic, landed::add);
        landed.sort(Comparator.comparingInt(Landed::partition).thenComparingLong(Landed::first));
        return landed;
    }

    /** Iterates over all visible files of a topic, ordered by offset in each partition. */
    public static void forEach(FileSystem files, String directory, String topic, Consumer<Landed> action)
            throws IOException {
        for (FileStatus file : visible(files, directory, topic)) {
            action.accept(read(files, file.getPath().getParent().getName(), file.getPath()));
        }
    }

    /** Returns how many offsets of each partition the visible files cover, by their names. */
    public static Map<Integer, Long> coveredOffsets(FileSystem files, String directory, String topic)
            throws IOException {
        Map<Integer, Long> covered = new TreeMap<>();
        for (FileStatus file : visible(files, directory, topic)) {
            Matcher name = NAME.matcher(file.getPath().getName());
            if (name.matches()) {
                covered.merge(
                        Integer.valueOf(name.group(2)),
                        Long.parseLong(name.group(4)) - Long.parseLong(name.group(3)) + 1,
                        Long::sum);
            }
        }
        return covered;
    }

    private static List<FileStatus> visible(FileSystem files, String directory, String topic) throws IOException {
        List<FileStatus> visible = new ArrayList<>();
        Path root = new Path(directory + "/" + topic);
        if (files.exists(root)) {
            for (FileStatus partition : files.listStatus(root, TopicFiles::isVisible)) {
                visible.addAll(List.of(files.listStatus(partition.getPath())));
            }
        }
        return visible;
    }

    /** Returns whether a path is visible by Hive's convention. */
    private static boolean isVisible(Path path) {
        return !path.getName().startsWith("_") && !path.getName().startsWith(".");
    }

    private static Landed read(FileSystem files, String directory, Path path) throws IOException {
        Matcher name = NAME.matcher(path.getName());
        if (!name.matches() || !directory.equals("partition=" + name.group(2))) {
            throw new AssertionError("a foreign file among the landed ones: " + path);
        }
        try (FSDataInputStream content = files.open(path)) {
            return new Landed(
                    Integer.parseInt(name.group(2)),
                    Long.parseLong(name.group(3)),
                    Long.parseLong(name.group(4)),
                    name.group(5),
                    LandedContent.lines(name.group(5), content.readAllBytes()));
        }
    }
}
