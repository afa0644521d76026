package io.wadi.kafka.topics;

import io.wadi.kafka.BrokerVersion;
import io.wadi.kafka.Causes;
import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.health.WaitLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The component that applies {@code topics.yaml} at start and awaits the topics of ingest. It runs on its own thread
 * and retries until Kafka responds, so the pipeline starts without Kafka. As a health check, it is down until all
 * topics are ready.
 *
 * <p>A topic is ready when the leaders of its partitions respond and the producer, which does not wait for metadata,
 * has the topic's metadata. From then on, no send to a new topic is out of order (see {@link Topics#leaders}) or fails
 * for lack of metadata.
 */
public final class TopicProvisioner extends AbstractHealthCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Includes the time that a new producer needs to connect during startup. */
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);

    private static final long METADATA_RETRY_MS = 20;
    private static final CompletableFuture<Void> READY = CompletableFuture.completedFuture(null);

    private final Topics topics;
    private final Supplier<Properties> client;
    private final Map<String, CompletableFuture<Void>> readiness = new LinkedHashMap<>();
    /** Undeclared topics of routes that have not been checked yet. */
    private final Set<String> unchecked = ConcurrentHashMap.newKeySet();

    private Supplier<Producer<Object, Object>> newProducer;
    private Runnable onReady = () -> {};
    private Consumer<String> onOldBroker = reason -> {};
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "wadi-topics");
    private final WaitLog waiting;
    private boolean applied;
    private volatile String waitingFor = "no response from Kafka yet";
    private volatile Producer<Object, Object> keptProducer;

    /**
     * Creates a provisioner, which connects once it is started.
     *
     * @param brokers the addresses of the brokers, for messages
     * @param others the topics to await besides those declared for ingest
     * @param client the settings of an admin client
     * @param newProducer creates the producer that is kept open with the topics' metadata, and that does not wait for
     *     metadata
     */
    public TopicProvisioner(
            String brokers,
            Topics topics,
            Set<String> others,
            Supplier<Properties> client,
            Supplier<Producer<Object, Object>> newProducer) {
        super("wadi", "wadi-topics");
        waiting = new WaitLog(LOG, "Kafka at " + brokers + " (wadi.kafka.brokers)");
        this.topics = topics;
        this.client = client;
        this.newProducer = newProducer;
        Set<String> awaited = new TreeSet<>(others);
        topics.all().stream()
                .filter(topic -> topic.ingest() != null || topic.belongsTo() != null)
                .map(Topic::name)
                .forEach(awaited::add);
        awaited.forEach(topic -> readiness.put(topic, new CompletableFuture<>()));
        thread.setDaemon(true);
    }

    /** Replaces the producer that is kept open. Call before {@link #start}. */
    public void setProducer(Supplier<Producer<Object, Object>> newProducer) {
        this.newProducer = newProducer;
    }

    /** Sets an action that runs once all topics are ready and may block on Kafka. Call before {@link #start}. */
    public void onReady(Runnable onReady) {
        this.onReady = onReady;
    }

    /**
     * Sets an action that runs with the reason if the brokers are older than supported. Call before {@link #start}.
     */
    public void onOldBroker(Consumer<String> onOldBroker) {
        this.onOldBroker = onOldBroker;
    }

    public synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /**
     * Adds a topic that a route uses; if it is neither declared nor in Kafka, a warning is logged once Kafka responds.
     */
    public void addUsed(String topic) {
        if (topics.find(topic).isEmpty()) {
            unchecked.add(topic);
        }
    }

    /** Returns a future that completes when a topic is ready; a completed one for topics that are not awaited. */
    public CompletableFuture<Void> ready(String topic) {
        return readiness.getOrDefault(topic, READY);
    }

    /**
     * Returns a topic's number of partitions from the producer's metadata; {@link Integer#MAX_VALUE} if unknown. Never
     * blocks.
     */
    public int partitions(String topic) {
        Producer<Object, Object> known = keptProducer;
        try {
            return known == null
                    ? Integer.MAX_VALUE
                    : known.partitionsFor(topic).size();
        } catch (KafkaException e) {
            return Integer.MAX_VALUE;
        }
    }

    private void run() {
        try {
            provision();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Applies the declarations and awaits the topics. Keeps the producer open until the end: otherwise its last user
     * would close it, and its metadata would be lost.
     */
    private void provision() throws InterruptedException {
        try {
            do {
                waitingFor = attempt();
            } while (waitingFor != null && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            if (waitingFor == null) {
                runOnReady();
                do {
                    checkUsed();
                } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            }
        } finally {
            if (keptProducer != null) {
                keptProducer.close();
            }
        }
    }

    /** Runs the action. Its failure does not end the thread, which checks used topics and keeps the producer open. */
    private void runOnReady() {
        try {
            onReady.run();
        } catch (RuntimeException | Error e) {
            FatalErrors.endOn(e);
            LOG.error("The action for topics that are ready failed; it runs again at the next start", e);
        }
    }

    /**
     * Tries once. Returns the failure; null if all topics are ready. Creating a client fails while the brokers' names
     * cannot be resolved.
     */
    private String attempt() throws InterruptedException {
        try (Admin admin = Admin.create(client.get())) {
            if (keptProducer == null) {
                keptProducer = newProducer.get();
            }
            Optional<String> old = applied ? Optional.empty() : BrokerVersion.OLDEST.refusal(admin);
            if (old.isPresent()) {
                waiting.log(old.get());
                onOldBroker.accept(old.get());
                return old.get();
            }
            Optional<String> unapplied = applied ? Optional.empty() : apply(admin);
            Optional<String> unready = awaitTopics(admin, applied ? readiness.keySet() : existing(admin), keptProducer);
            Optional<String> failure = unapplied.or(() -> unready);
            failure.ifPresentOrElse(waiting::log, waiting::ended);
            return failure.orElse(null);
        } catch (RuntimeException | Error e) {
            // An error would end the thread, and the topics would never be ready.
            FatalErrors.endOn(e);
            Throwable cause = e instanceof ApiException || e.getCause() == null ? e : e.getCause();
            waiting.log(Causes.inShort(cause));
            return Causes.inShort(cause);
        }
    }

    /** Returns the failure. A topic that cannot be created does not prevent other topics from becoming ready. */
    private Optional<String> apply(Admin admin) throws InterruptedException {
        try {
            topics.apply(admin).forEach(difference -> LOG.warn("{}", difference));
            applied = true;
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(Causes.inShort(e.getCause() == null ? e : e.getCause()));
        }
    }

    /**
     * Returns the awaited topics that exist; none if Kafka does not respond. The producer must not request the metadata
     * of others: brokers with {@code auto.create.topics.enable} would create them with their own defaults.
     */
    private Set<String> existing(Admin admin) throws InterruptedException {
        try {
            Set<String> existing = new LinkedHashSet<>(readiness.keySet());
            existing.retainAll(admin.listTopics(new ListTopicsOptions().timeoutMs((int) METADATA_TIMEOUT.toMillis()))
                    .names()
                    .get());
            return existing;
        } catch (ExecutionException e) {
            LOG.debug("Listing topics failed, retrying: {}", Causes.inShort(e));
            return Set.of();
        }
    }

    /**
     * Awaits those of the given topics that are not ready yet. Returns the first failure. A topic without a leader does
     * not prevent other topics from becoming ready.
     */
    private Optional<String> awaitTopics(Admin admin, Set<String> awaited, Producer<Object, Object> producer)
            throws InterruptedException {
        List<String> failures = new ArrayList<>();
        Map<String, KafkaFuture<?>> leaders = new LinkedHashMap<>();
        for (String topic : awaited) {
            try {
                if (!ready(topic).isDone()) {
                    leaders.put(topic, Topics.leaders(admin, topic, partitions(topic, producer)));
                }
            } catch (KafkaException e) {
                failures.add(failure(topic, e));
            }
        }
        for (Map.Entry<String, KafkaFuture<?>> each : leaders.entrySet()) {
            try {
                each.getValue().get();
                ready(each.getKey()).complete(null);
            } catch (ExecutionException e) {
                failures.add(failure(each.getKey(), e));
            }
        }
        return failures.stream().findFirst();
    }

    private static String failure(String topic, Exception e) {
        return "topic %s: %s".formatted(topic, Causes.inShort(e.getCause() == null ? e : e.getCause()));
    }

    private void checkUsed() throws InterruptedException {
        Set<String> used = Set.copyOf(unchecked);
        if (used.isEmpty()) {
            return;
        }
        try (Admin admin = Admin.create(client.get())) {
            Set<String> known = new TreeSet<>(admin.listTopics().names().get());
            for (String topic : used) {
                if (!known.contains(topic)) {
                    topics.all().forEach(declared -> known.add(declared.name()));
                    LOG.warn(
                            "Topic {} of a route is neither declared in topics.yaml nor in Kafka{};"
                                    + " the route uses it once it exists",
                            topic,
                            NearestName.question(topic, known));
                }
            }
            unchecked.removeAll(used);
        } catch (ExecutionException | RuntimeException | Error e) {
            // An error would end the thread, and the producer would be closed.
            FatalErrors.endOn(e);
            LOG.debug("Listing topics failed, retrying: {}", Causes.inShort(e));
        }
    }

    /**
     * Returns the number of partitions. Polls for it, because the producer requests metadata but does not wait for it.
     */
    private int partitions(String topic, Producer<Object, Object> producer) throws InterruptedException {
        long deadline = System.nanoTime() + METADATA_TIMEOUT.toNanos();
        while (true) {
            try {
                return producer.partitionsFor(topic).size();
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline > 0 || closed.await(METADATA_RETRY_MS, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String reason = waitingFor;
        if (reason == null) {
            builder.up();
        } else {
            builder.message("topics are not ready: " + reason).down();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
