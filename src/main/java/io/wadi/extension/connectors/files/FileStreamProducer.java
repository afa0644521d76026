package io.wadi.extension.connectors.files;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Passes each record batch to the sink of its partition. */
final class FileStreamProducer extends DefaultProducer {
    private final String path;
    private final FileSinkOptions.Lines lines;
    private final DeadLetterSender deadLetters;

    FileStreamProducer(FileStreamEndpoint endpoint, String path, FileSinkOptions.Lines lines, DeadLetterSender deadLetters) {
        super(endpoint);
        this.path = path;
        this.lines = lines;
        this.deadLetters = deadLetters;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch batch)) {
            throw new IllegalArgumentException(
                    "file-stream: takes the batches of a kafka: endpoint with kafkaClientFactory=#runs, found "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        batch.sink(
                        FileSink.class,
                        first -> FileSink.open(
                                first, new FileSinkOptions(routeId, path, lines, deadLetters, System::nanoTime)))
                .append(batch);
    }

    @Override
    protected void doShutdown() throws Exception {
        lines.close();
        super.doShutdown();
    }
}
