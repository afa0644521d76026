package io.wadi.landing.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import io.wadi.landing.MemoryFileStore;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.files.LandedRecords.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class LandedRecordsTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";

    private final MemoryFileStore store = new MemoryFileStore();
    private final LandedRecords landed = new LandedRecords(store, LAYOUT);

    @Test
    void values_getTheirOffsetsFromTheLineNumber() throws IOException {
        VisibleFiles.File file = file(5, 6, "{\"n\":5}", "{\"offset\":9}");

        assertThat(landed.content(file)).isEqualTo(Content.VALUES);
        assertThat(records(file)).containsExactly("5 {\"n\":5}", "6 {\"offset\":9}");
    }

    @Test
    void envelopes_haveTheirOwnOffsets() throws IOException {
        VisibleFiles.File file = file(5, 9, envelope(6), envelope(9));

        assertThat(landed.content(file)).isEqualTo(Content.ENVELOPES);
        assertThat(records(file)).containsExactly("6 {\"n\":6}", "9 {\"n\":9}");
    }

    @Test
    void valuesAndEnvelopesInOneFile_areUnknown() throws IOException {
        assertThat(landed.content(file(5, 6, envelope(5), "{\"n\":6}"))).isEqualTo(Content.UNKNOWN);
        assertThat(landed.content(file(5, 6, "{\"n\":5}", envelope(6)))).isEqualTo(Content.UNKNOWN);
    }

    @Test
    void valueThatLooksLikeAnEnvelopeOfAnotherOffset_isAValue() throws IOException {
        for (String forged : List.of(envelope(4), envelope(5), envelope(7), envelope(100))) {
            VisibleFiles.File file = file(5, 7, "{\"n\":5}", forged, "{\"n\":7}");

            assertThat(landed.content(file)).isEqualTo(Content.VALUES);
            assertThat(records(file)).containsExactly("5 {\"n\":5}", "6 " + forged, "7 {\"n\":7}");
        }
        assertThat(landed.content(file(5, 8, "{\"n\":5}", envelope(100), "{\"n\":7}")))
                .as("with an offset that has no line")
                .isEqualTo(Content.UNKNOWN);
    }

    @Test
    void envelopesOutsideTheRange_areUnknown() throws IOException {
        assertThat(landed.content(file(5, 6, envelope(4), envelope(5)))).isEqualTo(Content.UNKNOWN);
        assertThat(landed.content(file(5, 6, envelope(6), envelope(7)))).isEqualTo(Content.UNKNOWN);
        assertThat(landed.content(file(5, 6, envelope(6), envelope(6)))).isEqualTo(Content.UNKNOWN);
    }

    @Test
    void valuesWithMissingOffsets_areUnknown() throws IOException {
        assertThat(landed.content(file(5, 7, "{\"n\":5}", "{\"n\":6}"))).isEqualTo(Content.UNKNOWN);
        assertThat(landed.content(file(5, 5, "{\"n\":5}", "{\"n\":6}"))).isEqualTo(Content.UNKNOWN);
    }

    @Test
    void fileWithoutLines_hasNoRecords() throws IOException {
        VisibleFiles.File file = file(5, 6);

        assertThat(landed.content(file)).isEqualTo(Content.NONE);
        assertThat(records(file)).isEmpty();
    }

    /** Files of the first and the second page are merged before the second page is listed. */
    @Test
    void filesMergedDuringTheListing_areNotMissed() throws IOException {
        for (long offset = 0; offset < 8; offset++) {
            file(offset, offset, "v" + offset);
        }
        int[] pages = {0};
        store.setFaults((operation, path) -> {
            if (operation == Operation.LIST && ++pages[0] == 2) {
                LongStream.rangeClosed(1, 5).forEach(offset -> store.take(VISIBLE + name(offset, offset)));
                store.put(VISIBLE + name(1, 5), "v1\nv2\nv3\nv4\nv5\n");
            }
            return Outcome.DONE;
        });

        assertThat(landed.files(PARTITION))
                .extracting(VisibleFiles.File::range)
                .containsExactly(
                        new OffsetRange(0, 0), new OffsetRange(1, 5), new OffsetRange(6, 6), new OffsetRange(7, 7));
    }

    @Test
    void remainingGaps_areReturned() throws IOException {
        file(0, 4);
        file(6, 7);

        assertThat(landed.files(PARTITION))
                .extracting(VisibleFiles.File::range)
                .containsExactly(new OffsetRange(0, 4), new OffsetRange(6, 7));
    }

    private List<String> records(VisibleFiles.File file) throws IOException {
        List<String> records = new ArrayList<>();
        landed.read(
                file,
                landed.content(file),
                each -> records.add(each.offset() + " " + new String(Records.bytes(each.value()), UTF_8)));
        return records;
    }

    private VisibleFiles.File file(long first, long last, String... lines) throws IOException {
        store.put(VISIBLE + name(first, last), lines.length == 0 ? "" : String.join("\n", lines) + "\n");
        return VisibleFiles.list(store, LAYOUT, PARTITION).files().stream()
                .filter(file -> file.name().equals(name(first, last)))
                .findFirst()
                .orElseThrow();
    }

    private static String name(long first, long last) {
        return new LandedFile(PARTITION, first, last).name();
    }

    private static String envelope(long offset) {
        return "{\"topic\":\"events\",\"partition\":0,\"offset\":%d,\"value\":{\"n\":%d}}".formatted(offset, offset);
    }
}
