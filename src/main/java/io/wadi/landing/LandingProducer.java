package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.landing.files.Layout;
import io.wadi.landing.format.Encodings;
import java.time.Instant;
import java.util.function.ToLongFunction;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Passes each batch to the lander of its partition. */
final class LandingProducer extends DefaultProducer {
    private final FileStore store;
    private final Layout layout;
    private final LandingConfiguration.Identities identities;
    private final Encodings encodings;
    private final RollPolicy rollPolicy;
    private final ToLongFunction<ConsumerRecord<?, ?>> recordTime;
    private final LandingConfiguration.Publisher publisher;
    private final DeadLetterSender deadLetters;
    private final Instant since = Instant.now();

    LandingProducer(
            LandingEndpoint endpoint,
            FileStore store,
            Layout layout,
            LandingConfiguration.Identities identities,
            Encodings encodings,
            RollPolicy rollPolicy,
            ToLongFunction<ConsumerRecord<?, ?>> recordTime,
            LandingConfiguration.Publisher publisher,
            DeadLetterSender deadLetters) {
        super(endpoint);
        this.store = store;
        this.layout = layout;
        this.identities = identities;
        this.encodings = encodings;
        this.rollPolicy = rollPolicy;
        this.recordTime = recordTime;
        this.publisher = publisher;
        this.deadLetters = deadLetters;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch batch)) {
            throw new IllegalArgumentException("landing: expected the record batches of a kafka: endpoint with"
                    + " kafkaClientFactory=#record-batches, got "
                    + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        batch.sink(PartitionLander.class, first -> open(first, routeId)).append(batch);
    }

    private PartitionLander open(RecordBatch batch, String routeId) {
        return PartitionLander.open(
                batch,
                new LandingConfiguration(
                        store,
                        layout,
                        identities,
                        encodings.of(batch.partition().topic()),
                        rollPolicy,
                        recordTime,
                        publisher,
                        (rejected, cause) -> deadLetters.send(rejected, routeId, cause),
                        System::nanoTime,
                        since));
    }
}
