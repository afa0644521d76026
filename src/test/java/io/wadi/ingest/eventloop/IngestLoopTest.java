package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestLoopTest {
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final IngestLoop loop = new IngestLoop(context, Duration.ofSeconds(1), new AnonymousShare(() -> 0));
    private final List<Integer> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    /** Defers work on the loop and waits until the last of it has run. */
    private void deferAll(Runnable... work) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        context.runOnContext(on -> {
            for (Runnable each : work) {
                loop.inLaterIteration(each);
            }
            loop.inLaterIteration(() -> end.complete(null));
        });
        end.get(2, TimeUnit.MINUTES);
    }

    @Test
    void deferredTasks_runInOrder_evenIfTheyDeferMore() throws Exception {
        CompletableFuture<Void> last = new CompletableFuture<>();
        deferAll(
                () -> done.add(1),
                () -> {
                    done.add(2);
                    loop.inLaterIteration(() -> {
                        done.add(4);
                        last.complete(null);
                    });
                },
                () -> done.add(3));
        last.get(2, TimeUnit.MINUTES);

        assertThat(done).containsExactly(1, 2, 3, 4);
    }

    @Test
    void taskThatExhaustsTheStack_doesNotStopOtherTasks() throws Exception {
        deferAll(
                () -> {
                    throw new StackOverflowError();
                },
                () -> done.add(1));
        deferAll(() -> done.add(2));

        assertThat(done).containsExactly(1, 2);
    }
}
