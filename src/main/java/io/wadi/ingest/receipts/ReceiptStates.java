package io.wadi.ingest.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.RequestException;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of receipts, from committed offsets, the dead-letter topic and the targets. One thread compares all
 * questions with the committed offsets every 100 ms while there are any; questions occupy no thread. Thread-safe.
 */
public final class ReceiptStates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptStates.class);

    private static final long INTERVAL_MS = 100;
    /** Bytes of final states in memory. */
    private static final long CACHE_BYTES = 8 << 20;
    /** Compaction replaces files, so that a state becomes outdated. */
    private static final Duration CACHE_TTL = Duration.ofSeconds(30);
    /** Memory of a cached state besides its strings. */
    private static final int STATE_BYTES = 1000;

    private final ReceiptProgress progress;
    private final ReceiptDetails details;
    private final Cache<Receipt, ReceiptState> finals = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Receipt receipt, ReceiptState state) -> STATE_BYTES + HttpResponses.json(state.fields()).length)
            .expireAfterWrite(CACHE_TTL)
            .executor(Runnable::run)
            .build();

    /** Guarded by this, as all below. */
    private final Set<Question> questions = new LinkedHashSet<>();

    private Thread thread;
    private boolean isNew;
    private boolean isStopping;
    private boolean isClosed;

    /**
     * Creates the states; connects with the first question.
     *
     * @param routes those of this process
     * @param maxDeadLetters the maximum number of records of which dead letters are held
     */
    public ReceiptStates(
            KafkaClients kafka,
            CamelContext routes,
            Supplier<Set<RecordTarget>> bound,
            String deadLetterTopic,
            int maxDeadLetters) {
        Targets targets = new Targets(routes, bound);
        this.progress = new ReceiptProgress(kafka, targets, deadLetterTopic);
        this.details = new ReceiptDetails(kafka, targets, maxDeadLetters);
    }

    /** The receipts of one request. */
    static final class Question {
        private final Set<Receipt> receipts;
        private final long deadline;
        /** The number of pending targets below which it is answered. */
        private final int pending;

        private final CompletableFuture<Map<Receipt, ReceiptState>> answer = new CompletableFuture<>();
        /** Those that exist; null until checked. */
        private Set<Receipt> existing;

        Question(Collection<Receipt> receipts, Duration wait, int pending) {
            this.pending = pending;
            this.receipts = Set.copyOf(receipts);
            this.deadline = System.nanoTime() + wait.toNanos();
        }

        private boolean isAnswered(Map<Receipt, Map<String, Progress>> now) {
            return existing.stream()
                            .mapToInt(each -> pendingTargets(now.get(each)))
                            .sum()
                    < pending;
        }

        private boolean isOverdue() {
            return System.nanoTime() - deadline >= 0;
        }
    }

    /**
     * Returns the states of the receipts that exist, once all of them are final, or after a time. A canceled question
     * ends at once. Callers limit the number of questions without an answer.
     *
     * @return fails with a {@link KafkaException} if Kafka does not answer, at once or at the end of the wait, and with
     *     a {@link RequestException} 503 once this is closed
     */
    public CompletableFuture<Map<Receipt, ReceiptState>> ask(Collection<Receipt> receipts, Duration wait) {
        return ask(receipts, wait, 1);
    }

    /** As {@link #ask(Collection, Duration)}, once fewer targets than this are pending. */
    CompletableFuture<Map<Receipt, ReceiptState>> ask(Collection<Receipt> receipts, Duration wait, int pending) {
        Map<Receipt, ReceiptState> known = finals.getAllPresent(receipts);
        if (known.size() == Set.copyOf(receipts).size()) {
            return CompletableFuture.completedFuture(known);
        }
        Question question = new Question(receipts, wait, pending);
        question.answer.whenComplete((done, error) -> remove(question));
        if (!add(question)) {
            question.answer.completeExceptionally(stopping());
        }
        return question.answer;
    }

    private static RequestException stopping() {
        return new RequestException(HttpResponses.UNAVAILABLE, "Wadi is stopping");
    }

    /** Returns false if this is closed. */
    private synchronized boolean add(Question question) {
        if (isClosed) {
            return false;
        }
        questions.add(question);
        isNew = true;
        if (thread == null || !thread.isAlive()) {
            thread = TargetLookup.daemon(this::run, "wadi-receipts");
            thread.start();
        }
        notifyAll();
        return true;
    }

    private synchronized void remove(Question question) {
        questions.remove(question);
    }

    /** Answers all questions with the current state, also later ones. */
    void stopWaiting() {
        synchronized (this) {
            isStopping = true;
            isNew = true;
            notifyAll();
        }
    }

    private void run() {
        try {
            while (true) {
                List<Question> open = awaitQuestions();
                if (open.isEmpty()) {
                    return;
                }
                long begun = System.nanoTime();
                compare(open);
                pause(INTERVAL_MS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("Receipts: stopped", e);
        }
    }

    /** Returns nothing once this is closed. */
    private synchronized List<Question> awaitQuestions() throws InterruptedException {
        while (questions.isEmpty() && !isClosed) {
            wait();
        }
        isNew = false;
        return isClosed ? List.of() : List.copyOf(questions);
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (left > 0 && !isNew && !questions.isEmpty()) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }

    private synchronized boolean isDue(Question question) {
        return isStopping || question.isOverdue();
    }

    private void compare(List<Question> open) throws InterruptedException {
        try {
            check(open);
            answerFinal(open);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Receipts: Kafka did not answer: {}", Causes.inShort(e));
            open.stream()
                    .filter(each -> each.existing == null || isDue(each))
                    .forEach(each -> each.answer.completeExceptionally(e));
        } catch (RuntimeException e) {
            open.forEach(each -> each.answer.completeExceptionally(e));
        }
    }

    private void check(List<Question> open) throws InterruptedException {
        List<Question> unchecked =
                open.stream().filter(each -> each.existing == null).toList();
        Set<Receipt> existing = progress.existing(unchecked.stream().flatMap(each -> each.receipts.stream()));
        for (Question each : unchecked) {
            each.existing =
                    Set.copyOf(each.receipts.stream().filter(existing::contains).toList());
        }
    }

    private void answerFinal(List<Question> open) throws InterruptedException {
        Map<Receipt, Map<String, Progress>> now = new HashMap<>();
        progress.of(open.stream().flatMap(each -> each.existing.stream()), now::put);
        List<Question> due = new ArrayList<>();
        for (Question each : open) {
            if (isDue(each) || each.isAnswered(now)) {
                due.add(each);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        now.keySet().retainAll(existing(due).toList());
        synchronized (this) {
            questions.removeAll(due);
        }
        details.find(now, progress.deadLetterEnds(now.values()), (states, error) -> answer(due, states, error));
    }

    private static Stream<Receipt> existing(List<Question> of) {
        return of.stream().flatMap(each -> each.existing.stream());
    }

    private static int pendingTargets(Map<String, Progress> targets) {
        return Collections.frequency(targets.values(), Progress.PENDING);
    }

    private void answer(List<Question> due, Map<Receipt, ReceiptState> states, RuntimeException error) {
        states.forEach((receipt, state) -> {
            if (state.isComplete()) {
                finals.put(receipt, state);
            }
        });
        for (Question each : due) {
            if (states.keySet().containsAll(each.existing)) {
                each.answer.complete(
                        each.existing.stream().collect(Collectors.toMap(Function.identity(), states::get)));
            } else {
                each.answer.completeExceptionally(error);
            }
        }
    }

    /** Fails all questions. */
    @Override
    public void close() {
        List<Question> open;
        synchronized (this) {
            isClosed = true;
            open = List.copyOf(questions);
            if (thread != null) {
                thread.interrupt();
            }
        }
        open.forEach(each -> each.answer.completeExceptionally(stopping()));
        details.close();
        progress.close();
    }
}
