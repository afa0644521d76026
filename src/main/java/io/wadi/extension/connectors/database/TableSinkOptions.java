package io.wadi.extension.connectors.database;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.function.LongSupplier;

/**
 * The options of the sinks of one endpoint.
 *
 * @param routeId the route, as dead letters name it
 * @param table its name, as the user gave it
 * @param rows makes records rows
 * @param onConflict the handling of a row with an existing key
 * @param database the way to it
 * @param deadLetters sends dead letters of records that cannot be rows
 * @param nanoTime the clock for how often is committed
 */
record TableSinkOptions(
        String routeId,
        String table,
        RowMapper rows,
        Statements.OnConflict onConflict,
        Connections database,
        DeadLetterSender deadLetters,
        LongSupplier nanoTime) {}
