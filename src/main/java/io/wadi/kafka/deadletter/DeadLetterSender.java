package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.runtime.config.Excerpt;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A writer of failed records to the dead-letter topic: key, value and headers unchanged, and the cause in Kafka
 * Connect's headers ({@code __connect.errors.*}, KIP-298). As a Camel processor, it sends the record and the exception
 * of the exchange. When it returns, the dead letter is acknowledged, is one of the sends that the consumer awaits
 * before it commits, or is a part of the consumer's transaction.
 */
public final class DeadLetterSender implements Processor, AutoCloseable {
    /** The maximum number of characters of a cause, which may quote the record. */
    private static final int MAX_MESSAGE_LENGTH = 8192;

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);

    private final String topic;
    private final Supplier<Producer<Object, Object>> newProducer;
    private final MeterRegistry meters;
    private Producer<Object, Object> producer;

    /** Creates a sender without metrics. The producer is created with the first dead letter. */
    public DeadLetterSender(String topic, Supplier<Producer<Object, Object>> newProducer) {
        this(topic, newProducer, new CompositeMeterRegistry());
    }

    public DeadLetterSender(String topic, Supplier<Producer<Object, Object>> newProducer, MeterRegistry meters) {
        this.topic = topic;
        this.newProducer = newProducer;
        this.meters = meters;
    }

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (!(exchange.getProperty(ConsumedRecord.PROPERTY) instanceof ConsumerRecord<?, ?> failed)) {
            throw new IllegalStateException(
                    "Route " + exchange.getFromRouteId() + ": the exchange has no Kafka record to send to " + topic,
                    cause);
        }
        if (failed.value() instanceof RecordBatch batch && RecordBatch.hasSeveralRecords(failed)) {
            batch.isolateRecords();
            throw new IllegalStateException(
                    "Batch %s failed; its records are retried one by one: %s".formatted(batch, Causes.inShort(cause)),
                    cause);
        }
        send(single(failed), exchange.getFromRouteId(), cause);
    }

    private static ConsumerRecord<?, ?> single(ConsumerRecord<?, ?> failed) {
        return failed.value() instanceof RecordBatch batch ? batch.records().get(0) : failed;
    }

    /**
     * Sends the dead letter of a record.
     *
     * @param failed the record as it was fetched, with the key as bytes and the value as bytes or a buffer
     * @throws org.apache.kafka.common.KafkaException if Kafka rejects the dead letter; the record is then not completed
     */
    public void send(ConsumerRecord<?, ?> failed, String routeId, Exception cause) {
        begin(failed, routeId, cause).await();
    }

    /** A dead letter that was sent, and may not be acknowledged yet. */
    @FunctionalInterface
    public interface Sent {
        /** Waits for the acknowledgement; throws as {@link #send}. */
        void await();
    }

    /**
     * Sends the dead letter of a record without waiting for its acknowledgement, so that several are in one batch; the
     * record is completed once {@link Sent#await} has returned.
     *
     * @throws org.apache.kafka.common.KafkaException if the send has already failed, for example because the
     *     dead-letter topic does not exist
     */
    public Sent begin(ConsumerRecord<?, ?> failed, String routeId, Exception cause) {
        Optional<ProducerRecord<Object, Object>> deadLetter = deadLetter(failed, routeId, cause);
        if (deadLetter.isEmpty()) {
            return () -> {};
        }
        Future<?> acknowledgement = producer().send(deadLetter.get());
        Sent sent = () -> await(acknowledgement, ConsumedRecord.at(failed));
        if (acknowledgement.isDone()) {
            sent.await();
        }
        return sent;
    }

    /**
     * Sends the dead letter of a record without a location, such as an emission of a topology. In other respects like
     * {@link #send(ConsumerRecord, String, Exception)}.
     */
    public void send(byte[] key, byte[] value, Iterable<Header> headers, String routeId, Exception cause) {
        LOG.warn("A record without a location of route {} goes to {}: {}", routeId, topic, Causes.inShort(cause));
        await(
                producer().send(deadLetter("", key, value, headers, routeId, cause)),
                "a record without a location of route " + routeId);
    }

    private void await(Future<?> acknowledgement, String failed) {
        try {
            acknowledgement.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new org.apache.kafka.common.KafkaException(
                    "Failed to write the dead letter of " + failed + " to topic " + topic, e.getCause());
        }
    }

    /**
     * Returns the dead letter of a record, to be sent in the caller's transaction; see {@link #send}.
     *
     * @return empty if the record is a dead letter itself. It stays in its topic: if it were written again, a route that
     *     reads this topic would fail again without end
     */
    public Optional<ProducerRecord<Object, Object>> deadLetter(
            ConsumerRecord<?, ?> failed, String routeId, Exception cause) {
        String at = ConsumedRecord.at(failed);
        count(routeId, failed.topic());
        if (failed.topic().equals(topic)) {
            LOG.warn(
                    "Dead letter {} failed in route {}, and is not written again: {}",
                    at,
                    routeId,
                    Causes.inShort(cause));
            return Optional.empty();
        }
        LOG.warn("Record {} of route {} goes to {}: {}", at, routeId, topic, Causes.inShort(cause));
        Headers headers = withoutErrorHeaders(failed.headers());
        put(headers, "topic", failed.topic());
        put(headers, "partition", Integer.toString(failed.partition()));
        put(headers, "offset", Long.toString(failed.offset()));
        putCause(headers, routeId, cause);
        return Optional.of(new ProducerRecord<>(topic, null, null, failed.key(), value(failed), headers));
    }

    public String topic() {
        return topic;
    }

    /**
     * Returns the dead letter of an event that was not written yet: with its intended topic, without an offset.
     *
     * @param routeId the route that received the event
     * @param cause the reason why the event is invalid
     */
    public ProducerRecord<Object, Object> deadLetter(
            String intendedTopic, byte[] key, byte[] value, Iterable<Header> headers, String routeId, Exception cause) {
        count(routeId, intendedTopic);
        Headers all = withoutErrorHeaders(headers);
        put(all, "topic", intendedTopic);
        putCause(all, routeId, cause);
        return new ProducerRecord<>(topic, null, null, key, value, all);
    }

    /** Adds the partition that an event's client requested to the event's dead letter. */
    public static void addRequestedPartition(ProducerRecord<Object, Object> deadLetter, int partition) {
        put(deadLetter.headers(), "partition", Integer.toString(partition));
    }

    /** Returns the registry in which dead letters are counted. */
    public MeterRegistry meters() {
        return meters;
    }

    private void count(String routeId, String from) {
        Counter.builder("wadi.dead.letters")
                .description(
                        "Dead letters sent, by failed route and source topic; includes each repeated send after a failure or"
                                + " an aborted transaction, and dead letters that failed and were not sent again")
                .tags("route", String.valueOf(routeId), "topic", from)
                .register(meters)
                .increment();
    }

    private static void putCause(Headers headers, String routeId, Exception cause) {
        Throwable error = Causes.unwrap(cause);
        put(headers, "connector.name", routeId);
        put(headers, "exception.class.name", error.getClass().getName());
        put(headers, "exception.message", Excerpt.of(String.valueOf(error.getMessage()), MAX_MESSAGE_LENGTH));
    }

    private static Object value(ConsumerRecord<?, ?> failed) {
        return failed.value() instanceof ByteBuffer buffer ? Utils.toArray(buffer) : failed.value();
    }

    /** Returns the headers without error headers, which belong to an earlier dead letter or were set by a client. */
    private static Headers withoutErrorHeaders(Iterable<Header> headers) {
        Headers others = new RecordHeaders();
        for (Header each : headers) {
            if (!each.key().startsWith(ReservedHeaders.ERRORS)) {
                others.add(each);
            }
        }
        return others;
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(ReservedHeaders.ERRORS + name, value.getBytes(UTF_8));
    }

    private synchronized Producer<Object, Object> producer() {
        if (producer == null) {
            producer = newProducer.get();
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close();
            producer = null;
        }
    }
}
