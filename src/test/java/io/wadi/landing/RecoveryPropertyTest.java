package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatches;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;

/** The resume offset of a new owner, after users moved files away, with the last file committed or not. */
class RecoveryPropertyTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 0);
    private static final Layout LAYOUT = new Layout("/data");

    @Property(tries = 300)
    void open_resumesAfterAllLandedFiles(
            @ForAll("ends") Set<Long> ends, @ForAll boolean isLastCommitted, @ForAll Set<Integer> moved) {
        MemoryFileStore store = new MemoryFileStore();
        List<LandedFile> files = new ArrayList<>();
        long first = 0;
        for (long end : new TreeSet<>(ends)) {
            files.add(new LandedFile(PARTITION, first, end));
            first = end + 1;
        }
        long next = first;
        long committed = isLastCommitted ? next : files.get(files.size() - 1).first();
        for (int i = 0; i < files.size(); i++) {
            // Users move committed files only.
            if (files.get(i).last() >= committed || !moved.contains(i)) {
                store.put(LAYOUT.visible(files.get(i), ""), "");
            }
        }

        Recovery recovery = find(store, new GroupOffset.Committed(committed, CommitMetadata.NOTHING.text()));

        assertThat(recovery.end()).isEqualTo(next);
    }

    @Property(tries = 300)
    void open_withoutACommit_resumesAfterTheLastFile(@ForAll("ends") Set<Long> ends, @ForAll Set<Integer> moved) {
        MemoryFileStore store = new MemoryFileStore();
        long first = 0;
        long next = -1;
        int file = 0;
        for (long end : new TreeSet<>(ends)) {
            if (!moved.contains(file++)) {
                store.put(LAYOUT.visible(new LandedFile(PARTITION, first, end), ""), "");
                next = end + 1;
            }
            first = end + 1;
        }

        assertThat(find(store, GroupOffset.Committed.NONE).end()).isEqualTo(next);
    }

    private static Recovery find(FileStore store, GroupOffset.Committed committed) {
        try {
            return Recovery.find(store, LAYOUT, PARTITION, RecordBatches.reading(() -> committed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Provide
    Arbitrary<Set<Long>> ends() {
        return offset().set().ofMinSize(1).ofMaxSize(15);
    }

    @Provide
    Arbitrary<Long> offset() {
        return Arbitraries.longs().between(0, 100);
    }
}
