package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.extension.connectors.sink.SinkProducer;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.extension.connectors.source.SourceEndpoint;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;

/**
 * The endpoint {@code database:table}: a source that reads a table as
 * {@link io.wadi.extension.connectors.source.SourceBatch}es, or a sink that writes {@link io.wadi.kafka.RecordBatch}es
 * to it.
 */
public final class DatabaseEndpoint extends SourceEndpoint {
    private static final Set<String> OF_SINKS = Set.of("onConflict", "deletes", "ignoreUnknownFields", "coordinates");
    private static final Set<String> OF_SOURCES = Set.of("by", "key", "every", "settle", "rows");

    private final String table;
    private final Duration requestTimeout;
    private final DeadLetterSender deadLetters;
    private String url = "";
    private String user = "";
    private String password = "";
    private Statements.OnConflict onConflict = Statements.OnConflict.UPDATE;
    private boolean deletes;
    private boolean ignoreUnknownFields;
    private boolean coordinates;
    private String by = "";
    private String key = "";
    private String settle = "0s";

    public DatabaseEndpoint(
            String uri,
            Component component,
            String table,
            SourceContext sources,
            Duration requestTimeout,
            DeadLetterSender deadLetters) {
        super(uri, component, sources);
        this.table = table;
        this.requestTimeout = requestTimeout;
        this.deadLetters = deadLetters;
    }

    /** Sets the JDBC URL of the database, such as {@code jdbc:postgresql://db:5432/shop}. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** Sets the database user. */
    public void setUser(String user) {
        this.user = user;
    }

    /** Sets the user's password. */
    public void setPassword(String password) {
        this.password = password;
    }

    /** Sets the handling of a row with an existing key: {@code update} or {@code nothing}. */
    public void setOnConflict(String onConflict) {
        this.onConflict = Units.choice(Statements.OnConflict.class, onConflict);
    }

    /** Sets whether a record without a value deletes its row. */
    public void setDeletes(boolean deletes) {
        this.deletes = deletes;
    }

    /** Sets whether fields without a column are ignored; otherwise their records are rejected. */
    public void setIgnoreUnknownFields(boolean ignoreUnknownFields) {
        this.ignoreUnknownFields = ignoreUnknownFields;
    }

    /**
     * Sets whether the columns kafka_topic, kafka_partition, kafka_offset and kafka_timestamp are written, if the table
     * has them.
     */
    public void setCoordinates(boolean coordinates) {
        this.coordinates = coordinates;
    }

    /**
     * Sets the columns that order and identify the rows to read, such as {@code id} or {@code updated_at,id}. A row
     * that is written later must be greater by these columns.
     */
    public void setBy(String by) {
        this.by = by;
    }

    /** Sets the columns of the records' keys, separated by commas; empty for the primary key. */
    public void setKey(String key) {
        this.key = key;
    }

    /**
     * Sets the minimum age of a row, such as {@code 5s}, by the first column of {@code by}, which then must be a time;
     * {@code 0s} for none.
     */
    public void setSettle(String settle) {
        this.settle = settle;
    }

    private Connections.Address address() {
        return new Connections.Address(url, user, password, requestTimeout);
    }

    @Override
    public Producer createProducer() {
        reject(OF_SOURCES, "database:" + table, "it is an option of sources; remove it");
        SinkConversion conversion = new SinkConversion(values(), transformations());
        RowMapper mapper = new RowMapper(conversion, new RowMapper.Options(deletes, ignoreUnknownFields, coordinates));
        Connections database = new Connections(address());
        TableSink.Target target = new TableSink.Target(database, table, mapper, onConflict, TableSink.STRUCTURE_TTL);
        return new SinkProducer(
                this,
                (first, routeId) -> new TableSink(first, routeId, deadLetters, target),
                database::close,
                conversion);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        rejectOnSource(OF_SINKS, "database:" + table);
        TableReader.Plan plan = new TableReader.Plan(
                table,
                OffsetColumns.of(by),
                SourceContext.duration("settle", settle),
                rows(),
                key.isBlank() ? List.of() : OffsetColumns.columns("key", key));
        Connections.Address address = address();
        return consumer(
                processor, table + " in " + address, "", routeId -> new TableReader(new Connections(address), plan));
    }
}
