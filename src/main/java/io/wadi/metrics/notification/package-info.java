/**
 * Notifications: sends the firing and resolved alerts of the alerts topic to Alertmanager's API v2
 * ({@code POST /api/v2/alerts}).
 *
 * <p>Alertmanager deduplicates equal alerts and resolves those that are not sent again, so no instance stores which
 * alerts were sent. Each instance reads the whole topic and sends all alerts at intervals; any number of instances can
 * do so.
 */
package io.wadi.metrics.notification;
