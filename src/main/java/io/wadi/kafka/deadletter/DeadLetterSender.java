package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.ReservedHeaders;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a failed record into the dead-letter topic: key, value and headers as they came, and the cause in the headers that
 * Kafka Connect uses for the same purpose ({@code __connect.errors.*}, KIP-298). As a Camel processor it takes the record
 * and the exception of the exchange. When it returns, the letter is sent, or counted towards the poll's acknowledgements.
 */
public final class DeadLetterSender implements Processor, AutoCloseable {
    /** What the names of a letter's own headers begin with. */
    public static final String PREFIX = ReservedHeaders.ERRORS;

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);

    private final String topic;
    private final Supplier<Producer<Object, Object>> newProducer;
    private final MeterRegistry meters;
    private Producer<Object, Object> producer;

    /** Takes the topic and how to make the producer, which is made with the first letter. Nobody counts. */
    public DeadLetterSender(String topic, Supplier<Producer<Object, Object>> newProducer) {
        this(topic, newProducer, new CompositeMeterRegistry());
    }

    /** Takes the topic, how to make the producer, and where letters are counted. */
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
                    "Route " + exchange.getFromRouteId() + " has no Kafka record to put into " + topic, cause);
        }
        if (failed.value() instanceof RecordBatch run && RecordBatch.isOfMany(failed)) {
            run.isolateRecords();
            throw new IllegalStateException(
                    "One of the records of %s failed, which will be found by itself: %s"
                            .formatted(run, Causes.inShort(cause)),
                    cause);
        }
        send(single(failed), exchange.getFromRouteId(), cause);
    }

    private static ConsumerRecord<?, ?> single(ConsumerRecord<?, ?> failed) {
        return failed.value() instanceof RecordBatch run ? run.records().get(0) : failed;
    }

    /**
     * Sends one record's letter.
     *
     * @param failed the record as it came from Kafka, key and value as bytes, the value maybe in a buffer
     * @param routeId the route it failed in
     * @param cause why
     * @throws org.apache.kafka.common.KafkaException where Kafka does not take it: the record is then not done
     */
    public void send(ConsumerRecord<?, ?> failed, String routeId, Exception cause) {
        ProducerRecord<Object, Object> letter = letter(failed, routeId, cause);
        try {
            producer().send(letter).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new org.apache.kafka.common.KafkaException(
                    "The dead letter of " + ConsumedRecord.at(failed) + " was not taken by " + topic, e.getCause());
        }
    }

    /** One record's letter, for who sends it in a transaction; see {@link #send}. */
    public ProducerRecord<Object, Object> letter(ConsumerRecord<?, ?> failed, String routeId, Exception cause) {
        LOG.warn("{} in route {} goes to {}: {}", ConsumedRecord.at(failed), routeId, topic, Causes.inShort(cause));
        count(routeId, failed.topic());
        Headers headers = withoutErrors(failed.headers());
        put(headers, "topic", failed.topic());
        put(headers, "partition", Integer.toString(failed.partition()));
        put(headers, "offset", Long.toString(failed.offset()));
        putCause(headers, routeId, cause);
        return new ProducerRecord<>(topic, null, null, failed.key(), value(failed), headers);
    }

    /** The topic of the letters. */
    public String topic() {
        return topic;
    }

    /**
     * The letter of an event that has not been a record, for who sends it: with the topic it was meant for, and no offset.
     *
     * @param routeId the route it came by
     * @param cause what is wrong with it
     */
    public ProducerRecord<Object, Object> letter(
            String meantFor, byte[] key, byte[] value, Iterable<Header> headers, String routeId, Exception cause) {
        count(routeId, meantFor);
        Headers all = withoutErrors(headers);
        put(all, "topic", meantFor);
        putCause(all, routeId, cause);
        return new ProducerRecord<>(topic, null, null, key, value, all);
    }

    /** Says in an event's letter which of its topic's partitions its sender had asked for. */
    public static void askedFor(ProducerRecord<Object, Object> letter, int partition) {
        put(letter.headers(), "partition", Integer.toString(partition));
    }

    private void count(String routeId, String from) {
        Counter.builder("wadi.dead.letters")
                .description(
                        "Dead letters written, by the route that failed and the topic of the record; again where they are taken back")
                .tags("route", String.valueOf(routeId), "topic", from)
                .register(meters)
                .increment();
    }

    private static void putCause(Headers headers, String routeId, Exception cause) {
        Throwable error = Causes.unwrap(cause);
        put(headers, "connector.name", routeId);
        put(headers, "exception.class.name", error.getClass().getName());
        put(headers, "exception.message", String.valueOf(error.getMessage()));
    }

    private static Object value(ConsumerRecord<?, ?> failed) {
        if (failed.value() instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(buffer.position(), bytes);
            return bytes;
        }
        return failed.value();
    }

    /** What a record says of an error was written for another letter, or by someone else. */
    private static Headers withoutErrors(Iterable<Header> headers) {
        Headers others = new RecordHeaders();
        for (Header each : headers) {
            if (!each.key().startsWith(PREFIX)) {
                others.add(each);
            }
        }
        return others;
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(PREFIX + name, value.getBytes(UTF_8));
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
