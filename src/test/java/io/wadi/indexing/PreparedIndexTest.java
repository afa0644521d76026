package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.setup.Readiness;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The setup of an index while Elasticsearch is unavailable for some time. */
class PreparedIndexTest {
    private static final DocumentBatch BULK = new DocumentBatch(List.of(), 0);
    private static final BulkResult OUTAGE = BulkResult.failed(BULK, new ConnectException("refused"));

    private final List<Step> repetitions = new ArrayList<>();
    private final Step first = new Step();
    private final PreparedIndex index = new PreparedIndex(() -> first, this::repeat);

    private static final class Step implements Readiness {
        private String obstacle = "not yet";
        private boolean isClosed;

        @Override
        public String obstacle() {
            return obstacle;
        }

        @Override
        public boolean isAttempted() {
            return true;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @BeforeEach
    void open() {
        index.open();
        first.obstacle = null;
    }

    @AfterEach
    void close() {
        index.close();
    }

    private Readiness repeat() {
        repetitions.add(new Step());
        return repetitions.get(repetitions.size() - 1);
    }

    private void receive(BulkResult result) {
        List<BulkResult> received = new ArrayList<>();
        index.around((bulk, handler) -> handler.accept(result)).accept(BULK, received::add);
        assertThat(received).containsExactly(result);
    }

    @Test
    void outage_repeatsTheSetupOnce_beforeDocumentsAreSentAgain() {
        receive(OUTAGE);
        receive(OUTAGE);

        assertThat(repetitions).hasSize(1);
        assertThat(index.obstacle()).isEqualTo("not yet");
        assertThat(first.isClosed).isTrue();

        repetitions.get(0).obstacle = null;
        assertThat(index.obstacle()).isNull();
        receive(OUTAGE);
        assertThat(repetitions).hasSize(2);
    }

    @Test
    void response_doesNotRepeatTheSetup() {
        receive(BulkResult.of(BULK, List.of()));

        assertThat(repetitions).isEmpty();
    }

    @Test
    void outageAfterTheStop_addsNoStep() {
        index.close();

        receive(OUTAGE);

        assertThat(repetitions).isEmpty();
    }
}
