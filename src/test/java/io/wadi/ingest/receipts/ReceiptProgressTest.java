package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.testing.KafkaProbe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class ReceiptProgressTest {
    /** A search that continues after the end of {@link ReceiptStates#close} does not leave a client open. */
    @Test
    void requestsAfterTheClose_createNoClient() {
        ReceiptProgress progress = new ReceiptProgress(
                KafkaProbe.clients("localhost:1"), new Targets(new DefaultCamelContext(), Set::of), "dead-letters");
        progress.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> progress.deadLetterEndOffsets(List.of(Map.of("landed", Progress.ARRIVED))));
    }
}
