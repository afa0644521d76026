package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.wadi.extension.connectors.convert.ConnectToJson;
import io.wadi.extension.connectors.convert.SchemaInference;
import io.wadi.kafka.Producers;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.engine.SimpleCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SourceRecordsProducerTest {
    private static final Schema JSON =
            SchemaBuilder.string().name(ConnectToJson.JSON_TEXT).optional().build();

    @AutoClose("stop")
    private final SimpleCamelContext camel = new SimpleCamelContext();

    private final MockProducer<Object, Object> kafka = Producers.inMemory();

    private String value = "json";

    private String transforms = "";

    /** PostgreSQL stores JSON with numbers, nesting and names beyond the limits of the JSON parser and writer. */
    @Test
    void rowWithJsonBeyondTheLimits_isADeadLetterThatHasItsText() throws Exception {
        String longNumber = "{\"n\":" + "1".repeat(1001) + "}";
        String deep = "[".repeat(1000) + "]".repeat(1000);

        process(row(1, "{\"n\":1}"), row(2, longNumber), row(3, deep), row(4, "{\"n\":4}"));

        assertThat(kafka.history())
                .extracting(ProducerRecord::topic, each -> text(each.key()), each -> text(each.value()))
                .contains(
                        tuple("shop", "{\"id\":1,\"details\":{\"n\":1}}", "{\"id\":1,\"details\":{\"n\":1}}"),
                        deadLetter("{\"id\":2,\"details\":\"{\\\"n\\\":" + "1".repeat(1001) + "}\"}"),
                        deadLetter("{\"id\":3,\"details\":\"" + deep + "\"}"),
                        tuple("shop", "{\"id\":4,\"details\":{\"n\":4}}", "{\"id\":4,\"details\":{\"n\":4}}"));
    }

    /** As a transformation such as ExtractField extracts it from the columns of the key. */
    @Test
    void keyThatIsATime_isATextWithoutQuotes_asOneThatIsAString() throws Exception {
        process(
                keyed(new SchemaAndValue(Date.SCHEMA, Date.toLogical(Date.SCHEMA, 1))),
                keyed(new SchemaAndValue(Schema.STRING_SCHEMA, "1970-01-02")));

        assertThat(kafka.history())
                .extracting(each -> each.key() == null ? "" : text(each.key()))
                .startsWith("1970-01-02", "1970-01-02");
    }

    /** UTF-8 has a question mark for it: the keys of different lines would be the same. */
    @Test
    void unpairedSurrogate_inAKeyOrHeader_isADeadLetter() throws Exception {
        transforms = """
                transforms=key,field,header
                transforms.key.type=ValueToKey
                transforms.key.fields=name
                transforms.field.type=ExtractField$Key
                transforms.field.field=name
                transforms.header.type=HeaderFrom$Value
                transforms.header.fields=title
                transforms.header.headers=title
                transforms.header.operation=copy
                """;

        process(line("a", "b"), line("\ud800", "b"), line("a", "\udfff"));

        assertThat(kafka.history()).extracting(ProducerRecord::topic).containsExactly("shop", "dead", "dead");
        assertThat(kafka.history())
                .extracting(each -> header(each, "__connect.errors.exception.message"))
                .containsExactly(
                        "",
                        "the key has an unpaired surrogate, which UTF-8 cannot encode",
                        "the header title has an unpaired surrogate, which UTF-8 cannot encode");
    }

    private static PolledRecord line(String name, String title) {
        return SourceRow.of("line".getBytes(UTF_8), new SchemaAndValue(null, Map.of("name", name, "title", title)))
                .record(Instant.EPOCH, new ConnectHeaders());
    }

    @Test
    void rawLine_withAFormatOfValues_failsTheRoute() {
        value = "string";
        PolledRecord line =
                SourceRow.of("line".getBytes(UTF_8), SchemaAndValue.NULL).record(Instant.EPOCH, new ConnectHeaders());

        assertThatIllegalStateException()
                .isThrownBy(() -> process(line))
                .withMessage("value, schema and transforms need fields, which lines=raw does not have;"
                        + " expected lines=json or lines=string");
        assertThat(kafka.history()).isEmpty();
    }

    /** A send would wait for the partition until its timeout, again and again, and the source would stop. */
    @Test
    void placeThatDoesNotExist_isADeadLetter() throws Exception {
        transforms = "transforms=place\ntransforms.place.type=" + ById.class.getName();

        process(row(2, "{}"), row(3, "{}"), row(4, "{}"));

        assertThat(kafka.history())
                .extracting(ProducerRecord::topic, ProducerRecord::partition, each -> text(each.value()))
                .containsExactly(
                        tuple("shop", 2, "{\"id\":2,\"details\":{}}"),
                        tuple("dead", null, "{\"id\":3,\"details\":{}}"),
                        tuple("dead", null, "{\"id\":4,\"details\":{}}"));
        assertThat(kafka.history())
                .extracting(each -> header(each, "__connect.errors.exception.message"))
                .containsExactly(
                        "",
                        "a transformation set partition 3 of topic shop: expected one of 0 to 2",
                        "a transformation set the topic \"a shop\": expected 1 to 249 letters, digits, dots,"
                                + " underscores and hyphens");
    }

    /** Sets the partition with the number of the id, and for the id 4 an invalid topic. */
    public static final class ById implements Transformation<SourceRecord> {
        @Override
        public SourceRecord apply(SourceRecord record) {
            int id = ((Struct) record.value()).getInt32("id");
            return record.newRecord(
                    id == 4 ? "a shop" : record.topic(),
                    id == 4 ? null : (Integer) id,
                    record.keySchema(),
                    record.key(),
                    record.valueSchema(),
                    record.value(),
                    record.timestamp());
        }

        @Override
        public ConfigDef config() {
            return new ConfigDef();
        }

        @Override
        public void configure(Map<String, ?> options) {}

        @Override
        public void close() {}
    }

    private static String header(ProducerRecord<Object, Object> sent, String name) {
        Header header = sent.headers().lastHeader(name);
        return header == null ? "" : text(header.value());
    }

    private static PolledRecord keyed(SchemaAndValue key) {
        SourceRecord row = row(1, "{}").record();
        return PolledRecord.of(
                key,
                new SchemaAndValue(row.valueSchema(), row.value()),
                null,
                null,
                Instant.EPOCH,
                new ConnectHeaders());
    }

    private static Tuple deadLetter(String row) {
        return tuple("dead", row, row);
    }

    /** Returns a record with a key that also contains all columns. */
    private static PolledRecord row(int id, String details) {
        Map<String, SchemaAndValue> fields = new LinkedHashMap<>();
        fields.put("id", new SchemaAndValue(Schema.INT32_SCHEMA, id));
        fields.put("details", new SchemaAndValue(JSON, details));
        SchemaAndValue row = SchemaInference.struct(fields);
        return PolledRecord.of(row, row, null, null, Instant.EPOCH, new ConnectHeaders());
    }

    private void process(PolledRecord... rows) throws Exception {
        SourceReader.Poll poll = new SourceReader.Poll(List.of(rows), Map.of());
        DeadLetterSender sender = new DeadLetterSender("dead", Producers::inMemory);
        SourceRecordsEndpoint endpoint = new SourceRecordsEndpoint(
                "source-records:shop",
                new ConnectorComponent((uri, component, path) -> null),
                "shop",
                topic -> 3,
                sender);
        endpoint.setValue(value);
        endpoint.setTransforms(transforms);
        Exchange exchange = new DefaultExchange(camel);
        exchange.getExchangeExtension().setFromRouteId("route");
        exchange.getMessage().setBody(new SourceBatch(poll, SourceTransactions.open(kafka, "offsets", "source")));
        endpoint.createProducer().process(exchange);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}
