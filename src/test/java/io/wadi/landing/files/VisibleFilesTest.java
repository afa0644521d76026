package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.MemoryFileStore;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class VisibleFilesTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 1);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION);

    private final MemoryFileStore store = new MemoryFileStore();

    @Test
    void list_findsLandedFiles_alsoInTimeDirectories_inOffsetOrder() throws IOException {
        store.makeDirectory(VISIBLE + "/date=2026-11-20/hour=07");
        put("/date=2026-11-20/hour=07", name(5, 9), 30);
        put("/date=2026-11-20", name(0, 4), 20);
        put("", name(10, 10), 10);

        VisibleFiles found = list();

        assertThat(found.ranges())
                .containsExactly(new OffsetRange(0, 4), new OffsetRange(5, 9), new OffsetRange(10, 10));
        assertThat(found.files().get(1).path()).isEqualTo(VISIBLE + "/date=2026-11-20/hour=07/" + name(5, 9));
        assertThat(found.bytes()).isEqualTo(60);
        assertThat(found.foreign()).isEmpty();
    }

    @Test
    void list_ignoresHiddenFiles_andReportsForeignOnes() throws IOException {
        store.makeDirectory(VISIBLE + "/_temporary");
        put("/_temporary", name(0, 4), 1);
        put("", "_SUCCESS", 0);
        put("", "." + name(0, 4), 1);
        put("", "part-00000.jsonl", 1);
        put("", new LandedFile(new TopicPartition("select-color", 2), 0, 4).name(), 1);

        VisibleFiles found = list();

        assertThat(found.files()).isEmpty();
        assertThat(found.foreign())
                .containsExactly(
                        VISIBLE + "/part-00000.jsonl",
                        VISIBLE + "/" + new LandedFile(new TopicPartition("select-color", 2), 0, 4).name());
    }

    @Test
    void list_ofAMerge_identifiesItsContentByLength() throws IOException {
        CompactingFile file =
                new CompactingFile(name(0, 4), 20, 14, UUID.randomUUID().toString());
        put("", file.name(), 20);
        assertThat(list().ranges()).containsExactly(new OffsetRange(0, 4));

        store.take(VISIBLE + "/" + file.name());
        put("", file.name(), 61);

        assertThat(list().ranges()).containsExactly(new OffsetRange(0, 14));
        assertThat(list().unfinished()).isEqualTo(List.of(new VisibleFiles.Unfinished(VISIBLE, file)));
        assertThat(list().files().get(0).isLanded()).isFalse();
    }

    private VisibleFiles list() throws IOException {
        return VisibleFiles.list(store, LAYOUT, PARTITION);
    }

    private static String name(long first, long last) {
        return new LandedFile(PARTITION, first, last).name();
    }

    private void put(String below, String name, int length) {
        store.put(VISIBLE + below + "/" + name, "x".repeat(length));
    }
}
