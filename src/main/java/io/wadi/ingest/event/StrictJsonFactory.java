package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;

/**
 * A factory of parsers that enforce the {@link JsonRules}, except for well-formed UTF-8
 * ({@link JsonRules#requireUtf8}). They also limit numbers to 1,000 characters, names to 50,000 bytes and
 * strings that are decoded to {@link JsonRules#MAX_TEXT}.
 */
public final class StrictJsonFactory extends JsonFactory {
    private static final int MAX_NAME_BYTES = 50_000;

    /** Creates a factory. Its parsers share a table of names, to which a parser adds its names when it is closed. */
    public StrictJsonFactory() {
        super(new JsonFactoryBuilder()
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                // Names from clients must not fill the JVM's string table.
                .disable(Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(new Limits()));
    }

    /** Returns a parser without input. */
    public StrictJsonParser parser() {
        return parser(_byteSymbolCanonicalizer);
    }

    /** Returns a parser without input that has its own table of names. */
    StrictJsonParser parserWithOwnNames() {
        return parser(ByteQuadsCanonicalizer.createRoot());
    }

    private StrictJsonParser parser(ByteQuadsCanonicalizer names) {
        return new StrictJsonParser(
                _createContext(ContentReference.unknown(), false),
                _parserFeatures,
                names.makeChildOrPlaceholder(_factoryFeatures));
    }

    /** Limits with error messages that do not name Jackson's methods. */
    private static final class Limits extends StreamReadConstraints {
        Limits() {
            super(
                    JsonRules.MAX_DEPTH,
                    DEFAULT_MAX_DOC_LEN,
                    DEFAULT_MAX_NUM_LEN,
                    JsonRules.MAX_TEXT,
                    MAX_NAME_BYTES,
                    DEFAULT_MAX_TOKEN_COUNT);
        }

        @Override
        protected StreamConstraintsException _constructException(String form, Object... found) {
            return new JsonLimitException(form.replace(", from %s", "").formatted(found));
        }
    }
}
