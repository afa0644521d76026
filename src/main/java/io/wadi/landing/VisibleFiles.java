package io.wadi.landing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * What readers see of a partition: every file in its directory and below, with directories by time among them. Names that
 * begin with {@code _} or {@code .} are hidden from readers, and from here.
 *
 * @param files the landed ones, by offset
 * @param foreign the paths of all others
 */
record VisibleFiles(List<File> files, List<String> foreign) {

    /**
     * A visible file.
     *
     * @param path where it stands
     * @param length in bytes
     */
    record File(String path, LandedFile landed, long length) {
        OffsetRange range() {
            return new OffsetRange(landed.first(), landed.last());
        }
    }

    /** Lists them; what is renamed meanwhile may be missed or seen twice. */
    static VisibleFiles list(FileStore store, Layout layout, TopicPartition partition) throws IOException {
        VisibleFiles found = new VisibleFiles(new ArrayList<>(), new ArrayList<>());
        found.addAll(store, layout.visible(partition), partition);
        found.files.sort((one, other) -> LandedFile.BY_OFFSET.compare(one.landed, other.landed));
        return found;
    }

    private void addAll(FileStore store, String directory, TopicPartition partition) throws IOException {
        for (FileStore.Entry entry : store.list(directory)) {
            String path = directory + "/" + entry.name();
            if (entry.name().startsWith("_") || entry.name().startsWith(".")) {
                continue;
            }
            if (entry.isDirectory()) {
                addAll(store, path, partition);
            } else {
                LandedFile.parse(entry.name())
                        .filter(landed -> landed.partition().equals(partition))
                        .ifPresentOrElse(
                                landed -> files.add(new File(path, landed, entry.length())), () -> foreign.add(path));
            }
        }
    }

    List<OffsetRange> ranges() {
        return files.stream().map(File::range).toList();
    }

    long bytes() {
        return files.stream().mapToLong(File::length).sum();
    }
}
