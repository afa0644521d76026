package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import io.wadi.format.Decimals;
import io.wadi.format.JsonText;
import io.wadi.ingest.event.EventTree;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A schema with any keywords, checked by the networknt library on the event as a tree, at about ten times the cost. */
final class NetworkntSchema implements EventSchema.Check {
    private static final ObjectMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .nodeFactory(new SmallExponents())
            .build();

    private final Schema schema;
    /** The location of the record's key; null for none. */
    private final JsonPointer keyPointer;

    /**
     * Compiles a schema that is valid according to its meta-schema.
     *
     * @throws RuntimeException if a reference cannot be resolved; no remote schema is fetched
     */
    NetworkntSchema(JsonNode schema, Formats formats) {
        this(registry(formats).getSchema(schema), null);
        this.schema.initializeValidators();
    }

    private NetworkntSchema(Schema schema, JsonPointer keyPointer) {
        this.schema = schema;
        this.keyPointer = keyPointer;
    }

    /** Returns this schema with the extraction of the record's key from a value, through objects only. */
    NetworkntSchema withKey(JsonPointer pointer) {
        return new NetworkntSchema(schema, pointer);
    }

    private static SchemaRegistry registry(Formats formats) {
        return registry(
                config -> config.failFast(true)
                        .formatAssertionsEnabled(formats == Formats.CHECKED)
                        .regularExpressionFactory(pattern -> new BoundedPattern(pattern)::find),
                dialect -> dialect.keyword(CountedReference.ref()).keyword(CountedReference.dynamicRef()));
    }

    /** Returns a registry that compiles schemas of draft 2020-12, with errors in English located by JSON pointers. */
    static SchemaRegistry registry(
            UnaryOperator<SchemaRegistryConfig.Builder> settings, UnaryOperator<Dialect.Builder> keywords) {
        SchemaRegistryConfig config = settings.apply(SchemaRegistryConfig.builder()
                        .pathType(PathType.JSON_POINTER)
                        .locale(Locale.ENGLISH))
                .build();
        Dialect.Builder builder =
                Dialect.builder(Dialects.getDraft202012()).formats(Map::clear).formats(Formats.draft());
        EqualityKeywords.all().forEach(builder::keyword);
        NumberKeywords.all().forEach(builder::keyword);
        Dialect dialect = keywords.apply(builder).build();
        return SchemaRegistry.withDefaultDialect(dialect, registry -> registry.schemaRegistryConfig(config));
    }

    @Override
    public Problem check(JsonParser parser, Consumer<byte[]> key) throws IOException {
        try {
            JsonNode event = EventTree.read(TREES, parser);
            Problem problem = keyPointer == null ? null : extractKey(event, key);
            if (problem != null) {
                return SchemaNode.problem(parser, problem);
            }
            CountedReference.begin(event);
            List<Error> errors = schema.validate(event);
            return errors.isEmpty() ? null : SchemaNode.problem(parser, problem(errors.get(0)));
        } catch (CheckLimitException e) {
            return SchemaNode.problem(parser, e.getMessage());
        }
    }

    private Problem extractKey(JsonNode event, Consumer<byte[]> key) throws IOException {
        JsonNode value = event;
        for (JsonPointer rest = keyPointer; !rest.matches(); rest = rest.tail()) {
            value = value.path(rest.getMatchingProperty());
        }
        if (value.isTextual()) {
            String text = value.textValue();
            if (JsonText.unpairedSurrogate(text) >= 0) {
                return new Problem(keyPointer.toString(), KeyNode.UNPAIRED_SURROGATE);
            }
            key.accept(text.getBytes(StandardCharsets.UTF_8));
        } else if (!value.isNull() && !value.isMissingNode()) {
            key.accept(TREES.writeValueAsBytes(value));
        }
        return null;
    }

    /** Returns the problem of an error of the library, with a pointer relative to the validated value. */
    static Problem problem(Error error) {
        return new Problem(error.getInstanceLocation().toString(), error.getMessage());
    }

    /** A node factory that rejects numbers with large exponents, which could be expanded to as many digits. */
    private static final class SmallExponents extends JsonNodeFactory {
        @Override
        public ValueNode numberNode(BigDecimal number) {
            if (Decimals.isLarge(number)) {
                throw new CheckLimitException(NumberConstraints.LARGE_EXPONENT);
            }
            return new Decimal(number);
        }
    }

    /** A number for which {@link #canConvertToExactIntegral} does not take the square of its digits. */
    private static final class Decimal extends DecimalNode {
        Decimal(BigDecimal number) {
            super(number);
        }

        @Override
        public boolean canConvertToExactIntegral() {
            return Decimals.isIntegral(decimalValue());
        }
    }
}
