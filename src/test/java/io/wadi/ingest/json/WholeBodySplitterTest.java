package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.limits.Lease;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory charged for a body that is one event, and the bytes that its reader gets. */
final class WholeBodySplitterTest {
    private static final int PIECES = 100_000;

    private final List<byte[]> read = new ArrayList<>();
    private long charged;
    private long charges;

    private final Lease lease = new Lease() {
        @Override
        public boolean grow(long bytes) {
            charged += bytes;
            charges++;
            return true;
        }

        @Override
        public void shrink(long bytes) {
            charged -= bytes;
        }

        @Override
        public long charged() {
            return 10;
        }
    };

    private final WholeBodySplitter splitter = new WholeBodySplitter(this::read, lease);

    private Event read(byte[] body) {
        read.add(body);
        return null;
    }

    /** One array per piece would take 30 times the memory charged for a byte. */
    @Test
    void push_smallPieces_growOneChargedArray() {
        byte[] piece = "abc".getBytes(UTF_8);
        for (int i = 0; i < PIECES; i++) {
            splitter.push(piece, 1, 2);
        }

        assertThat(charges).as("times that the array grew").isLessThan(20);
        assertThat(charged + lease.charged()).isBetween((long) PIECES, PIECES + (16L << 10));
        splitter.end();
        assertThat(read)
                .singleElement()
                .satisfies(body -> assertThat(new String(body, UTF_8)).isEqualTo("b".repeat(PIECES)));
        splitter.close();
        assertThat(charged).isZero();
    }

    @Test
    void push_onePiece_isChargedItsLengthOnly() {
        splitter.push(new byte[1000], 0, 1000);

        assertThat(charged).isEqualTo(990);
        splitter.end();
        assertThat(read).singleElement().satisfies(body -> assertThat(body).hasSize(1000));
    }

    @Test
    void end_withoutABody_returnsNoBytes() {
        splitter.end();

        assertThat(read).singleElement().satisfies(body -> assertThat(body).isEmpty());
        assertThat(charged).isZero();
    }
}
