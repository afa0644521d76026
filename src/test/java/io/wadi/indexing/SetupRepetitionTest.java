package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.document.Document;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "index_not_found_exception, false, repeated received",
        "index_not_found_exception, true, received",
        "resource_not_found_exception, false, received",
    })
    void missingIndex_repeatsTheSetup_unlessOnlyADocumentsTimeSelectsIt(
            String type, boolean selectsIndex, String expected) {
        Document document = new Document(null, null, "events", selectsIndex, "id", "id", null);
        BulkResponseItem item = BulkResponseItem.of(each -> each.operationType(OperationType.Create)
                .index("events")
                .status(404)
                .error(error -> error.type(type).reason("no such index [events]")));

        receive(BulkResult.of(new DocumentBatch(List.of(document), 0), List.of(item)));

        assertThat(events).containsExactly(expected.split(" "));
    }

    @Test
    void response_doesNotRepeatTheSetup() {
        receive(BulkResult.of(BULK, List.of()));

        assertThat(events).containsExactly("received");
    }
}
