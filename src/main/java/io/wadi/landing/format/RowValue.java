package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Reads the value at the parser's current token and leaves the parser at the value's last one. */
interface RowValue {
    Object read(JsonParser parser) throws IOException, RejectedRecordException;
}
