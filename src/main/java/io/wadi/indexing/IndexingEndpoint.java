package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkClient;
import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.kafka.topics.LinkedEndpoint;
import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** An endpoint with the index and the limits of requests. Its message body is a {@link io.wadi.kafka.RecordBatch}. */
public final class IndexingEndpoint extends DefaultEndpoint implements LinkedEndpoint {
    private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(5);

    private final IndexingComponent component;
    private final String route;
    private String index = "";
    private int bulkDocuments = 2000;
    private String bulkBytes = "5MiB";
    private String timeField = "";
    private boolean addTimestamp;
    private String keyField = "";

    IndexingEndpoint(String uri, IndexingComponent component, String route) {
        super(uri, component);
        this.component = component;
        this.route = route;
    }

    /**
     * Index, alias or data stream; {@code {yyyy.MM.dd}} or {@code {yyyy.MM}} in it is the event's day or month in UTC.
     */
    public void setIndex(String index) {
        this.index = index;
    }

    /** Maximum number of documents in one request. */
    public void setBulkDocuments(int bulkDocuments) {
        this.bulkDocuments = bulkDocuments;
    }

    /** Maximum size of the documents in one request, such as {@code 5MiB}; a larger document is sent alone. */
    public void setBulkBytes(String bulkBytes) {
        this.bulkBytes = bulkBytes;
    }

    /** Top-level field with the event's time; empty for Kafka's timestamp. */
    public void setTimeField(String timeField) {
        this.timeField = timeField;
    }

    /** Whether to add the event's time as {@code @timestamp} to documents without one, as data streams require. */
    public void setAddTimestamp(boolean addTimestamp) {
        this.addTimestamp = addTimestamp;
    }

    /**
     * Field for the record's key: a JSON object is added as an object, any other key as a string; empty: keys are not
     * added.
     */
    public void setKeyField(String keyField) {
        this.keyField = keyField;
    }

    /** Returns the index, or a wildcard pattern of all indices written to. */
    public String documents() {
        return IndexName.of(index).all();
    }

    /** Returns the destination of a topic's records in a route with this group. */
    IndexedTarget.Destination destination(String topic, String group) {
        return new IndexedTarget.Destination(topic, group, index, timeField);
    }

    @Override
    public Set<String> feeds() {
        return Set.of(requests());
    }

    private String requests() {
        return "direct:" + route;
    }

    @Override
    public Producer createProducer() throws Exception {
        if (index.isBlank()) {
            throw new IllegalArgumentException(getEndpointUri() + ": parameter index is missing");
        }
        int maxDocuments = checked(
                        "bulkDocuments", Integer.toString(bulkDocuments), IndexingSettings.MAX_BULK_DOCUMENTS)
                .intValue();
        long maxBytes = checked("bulkBytes", bulkBytes, IndexingSettings.MAX_BULK_BYTES);
        IndexName name = IndexName.of(index);
        if (!timeField.isEmpty() && !name.isDated() && !addTimestamp) {
            throw new IllegalArgumentException(
                    ("%s: timeField=%s (wadi.indexing.time-field) has no effect with index %s: remove it, or set an"
                                    + " index by day or month, such as events-{yyyy.MM.dd}, or addTimestamp=true"
                                    + " (wadi.indexing.add-timestamp)")
                            .formatted(getEndpointUri(), timeField, index));
        }
        BulkClient requests =
                new BulkClient(getCamelContext().getEndpoint(requests()).createAsyncProducer());
        PreparedIndex prepared = new PreparedIndex(() -> component.setup().add(name));
        DocumentFactory documents =
                new DocumentFactory(name, new EventTime(timeField), addTimestamp, new KeyField(keyField));
        BulkSender.Outlet outlet = new BulkSender.Outlet(
                component.slots(),
                new SetupRepetition(component.origins().after(requests), component.setup()::repeat),
                prepared::obstacle,
                maxDocuments,
                maxBytes,
                FINISH_TIMEOUT,
                System::nanoTime);
        return new IndexingProducer(
                this,
                requests,
                prepared,
                routeId -> new IndexingConfiguration(
                        routeId,
                        documents,
                        outlet,
                        topic -> component.setup().addOrigin(name, topic),
                        component.deadLetters()));
    }

    /** Parses an option's value, which must be in the range of its setting. */
    private Long checked(String option, String value, Setting<Long> setting) {
        try {
            return setting.parser().apply(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s: invalid value '%s' for parameter %s: expected %s"
                            .formatted(getEndpointUri(), value, option, setting.allowed()),
                    e);
        }
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("indexing: supports producers only");
    }
}
