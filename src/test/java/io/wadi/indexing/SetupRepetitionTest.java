package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.DocumentBatch;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetupRepetitionTest {
    private static final DocumentBatch BULK = new DocumentBatch(List.of(), 0);

    private final List<String> events = new ArrayList<>();

    private void receive(BulkResult result) {
        new SetupRepetition((bulk, handler) -> handler.accept(result), () -> events.add("repeated"))
                .accept(BULK, received -> events.add("received"));
    }

    @Test
    void outage_repeatsTheSetup_beforeDocumentsAreSentAgain() {
        receive(BulkResult.failed(BULK, new ConnectException("refused")));

        assertThat(events).containsExactly("repeated", "received");
    }

    @Test
    void response_doesNotRepeatTheSetup() {
        receive(BulkResult.of(BULK, List.of()));

        assertThat(events).containsExactly("received");
    }
}
