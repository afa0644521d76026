package io.wadi.indexing.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

final class BulkSizeTest {
    private final BulkSize size = new BulkSize(2000, 1000);

    @Test
    void size_startsAtTheLimits_andNeverExceedsThem() {
        size.onSuccess(bulk(2000, 1000));

        assertThat(size.documents()).isEqualTo(2000);
        assertThat(size.bytes()).isEqualTo(1000);
        assertThat(size.isFull(1999, 999)).isFalse();
        assertThat(size.isFull(2000, 1)).isTrue();
        assertThat(size.isFull(1, 1000)).isTrue();
    }

    @Test
    void rejections_halveTheSize_downToOneDocument() {
        size.onOverload();
        assertThat(size.documents()).isEqualTo(1000);
        assertThat(size.bytes()).isEqualTo(500);

        for (int i = 0; i < 20; i++) {
            size.onOverload();
        }
        assertThat(size.documents()).isEqualTo(1);
        assertThat(size.bytes()).isEqualTo(1);
    }

    @Test
    void successes_growTheSizeByATwentieth_exceptOfSmallRequests() {
        size.onOverload();
        size.onSuccess(bulk(10, 10));
        assertThat(size.documents()).isEqualTo(1000);

        size.onSuccess(bulk(1000, 10));
        assertThat(size.documents()).isEqualTo(1100);
        assertThat(size.bytes()).isEqualTo(550);
    }

    @Test
    void sizeThatWasTooLarge_isNeverTriedAgain() {
        size.onTooLarge(bulk(3, 800));
        for (int i = 0; i < 50; i++) {
            size.onSuccess(bulk(2000, 400));
        }
        assertThat(size.bytes()).isEqualTo(400);
        assertThat(size.documents()).isEqualTo(2000);
    }

    private static DocumentBatch bulk(int documents, long bytes) {
        return new DocumentBatch(Collections.nCopies(documents, null), bytes);
    }
}
