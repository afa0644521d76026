package io.wadi.extension.connectors.files;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Passes each record batch to the sink of its partition. */
final class LinesProducer extends DefaultProducer {
    private final String path;
    private final FileSinkOptions.Lines lines;
    private final DeadLetterSender deadLetters;

    LinesProducer(LinesEndpoint endpoint, String path, FileSinkOptions.Lines lines, DeadLetterSender deadLetters) {
        super(endpoint);
        this.path = path;
        this.lines = lines;
        this.deadLetters = deadLetters;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch run)) {
            throw new IllegalArgumentException(
                    "lines: takes the runs of a kafka: endpoint with kafkaClientFactory=#runs, not "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        run.sink(
                        FileSink.class,
                        first -> FileSink.open(
                                first, new FileSinkOptions(routeId, path, lines, deadLetters, System::nanoTime)))
                .append(run);
    }
}
