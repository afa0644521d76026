package io.wadi.kafka.topics;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.health.Waiting;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies {@code topics.yaml} at start, and opens the topics of ingest, in a thread of its own that tries until Kafka answers:
 * the pipeline starts without Kafka and is ready when the topics are there. As a health check it is down until then.
 *
 * <p>A topic is open when the leaders of its partitions answer and the prompt producer knows it, which it then does for good:
 * a send is neither out of order in a topic that was just made (see {@link Topics#awaitLeaders}) nor refused for want of
 * metadata.
 */
public final class TopicProvisioner extends AbstractHealthCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** A producer that has just been made connects first, beside all else that starts. */
    private static final Duration METADATA_WITHIN = Duration.ofSeconds(5);

    private static final long METADATA_EVERY_MS = 20;
    private static final CompletableFuture<Void> OPEN = CompletableFuture.completedFuture(null);

    private final Topics topics;
    private final Supplier<Properties> client;
    private final Map<String, CompletableFuture<Void>> openings = new LinkedHashMap<>();
    /** Those of routes that are not declared, as long as nobody has looked for them. */
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    private Supplier<Producer<Object, Object>> promptProducer;
    private Runnable whenOpen = () -> {};
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "wadi-topics");
    private final Waiting waiting;
    private boolean applied;
    private volatile String waitingFor = "Kafka has not been asked yet";
    private volatile Producer<Object, Object> prompt;

    /**
     * Connects to nothing yet.
     *
     * @param brokers for messages
     * @param others the topics that are sent to besides those declared for ingest
     * @param client gives the settings of an admin client, at the start
     * @param promptProducer gives the producer that is kept and knows the topics
     */
    public TopicProvisioner(
            String brokers,
            Topics topics,
            Set<String> others,
            Supplier<Properties> client,
            Supplier<Producer<Object, Object>> promptProducer) {
        super("wadi", "wadi-topics");
        waiting = new Waiting(LOG, "Kafka at " + brokers + " (wadi.kafka.brokers)");
        this.topics = topics;
        this.client = client;
        this.promptProducer = promptProducer;
        Set<String> opened = new HashSet<>(others);
        topics.all().stream()
                .filter(topic -> topic.ingest() != null)
                .map(Topic::name)
                .forEach(opened::add);
        opened.forEach(topic -> openings.put(topic, new CompletableFuture<>()));
        thread.setDaemon(true);
    }

    /** Replaces the producer that is kept open. Call before {@link #start}. */
    public void keep(Supplier<Producer<Object, Object>> promptProducer) {
        this.promptProducer = promptProducer;
    }

    /** Sets an action that runs once all topics are open and may block on Kafka. Call before {@link #start}. */
    public void whenOpen(Runnable whenOpen) {
        this.whenOpen = whenOpen;
    }

    /** Begins; does nothing where it has begun. */
    public synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** A route reads it, or writes to it: where it is neither declared nor there, that is said, once Kafka answers. */
    public void uses(String topic) {
        if (topics.find(topic).isEmpty()) {
            used.add(topic);
        }
    }

    /** Completes when a topic is open; at once for one that is not kept here. */
    public CompletableFuture<Void> opening(String topic) {
        return openings.getOrDefault(topic, OPEN);
    }

    /** How many partitions a topic has, as far as ingest's producer knows; the largest number where it does not. Never blocks. */
    public int partitions(String topic) {
        Producer<Object, Object> known = prompt;
        try {
            return known == null
                    ? Integer.MAX_VALUE
                    : known.partitionsFor(topic).size();
        } catch (KafkaException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Holds the producer until the end: with its last user it would be closed, and what it knows be gone. */
    private void run() {
        try (Producer<Object, Object> producer = promptProducer.get()) {
            prompt = producer;
            do {
                waitingFor = attempt(producer);
            } while (waitingFor != null && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            if (waitingFor == null) {
                whenOpen.run();
                do {
                    lookForUsed();
                } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A client that cannot be made, for brokers whose names are not known yet, is a reason to wait like others. */
    private String attempt(Producer<Object, Object> producer) throws InterruptedException {
        try (Admin admin = Admin.create(client.get())) {
            if (!applied) {
                topics.apply(admin).forEach(difference -> LOG.warn("{}", difference));
                applied = true;
            }
            for (Map.Entry<String, CompletableFuture<Void>> each : openings.entrySet()) {
                if (!each.getValue().isDone()) {
                    open(each.getKey(), admin, producer);
                    each.getValue().complete(null);
                }
            }
            waiting.over();
            return null;
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            waiting.because(Causes.inShort(cause));
            return Causes.inShort(cause);
        }
    }

    private void lookForUsed() throws InterruptedException {
        Set<String> looked = Set.copyOf(used);
        if (looked.isEmpty()) {
            return;
        }
        try (Admin admin = Admin.create(client.get())) {
            Set<String> known = new TreeSet<>(admin.listTopics().names().get());
            for (String topic : looked) {
                if (!known.contains(topic)) {
                    topics.all().forEach(declared -> known.add(declared.name()));
                    LOG.warn(
                            "topic {}, which a route uses, is not declared in topics.yaml, and Kafka has none of that name{};"
                                    + " it is used from when it is there",
                            topic,
                            NearestName.question(topic, known));
                }
            }
            used.removeAll(looked);
        } catch (ExecutionException | KafkaException e) {
            LOG.debug("The topics are looked at again: {}", Causes.inShort(e));
        }
    }

    private void open(String topic, Admin admin, Producer<Object, Object> producer) throws InterruptedException {
        try {
            Topics.awaitLeaders(admin, topic, partitions(topic, producer));
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException(
                    "topic %s: %s".formatted(topic, Causes.inShort(e.getCause() == null ? e : e.getCause())));
        }
    }

    /** The producer does not wait for metadata, it asks for it: ask until it has it. */
    private int partitions(String topic, Producer<Object, Object> producer) throws InterruptedException {
        long giveUp = System.nanoTime() + METADATA_WITHIN.toNanos();
        while (true) {
            try {
                return producer.partitionsFor(topic).size();
            } catch (TimeoutException e) {
                if (System.nanoTime() - giveUp > 0 || closed.await(METADATA_EVERY_MS, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String waiting = waitingFor;
        if (waiting == null) {
            builder.up();
        } else {
            builder.message("the topics are not open yet: " + waiting).down();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
