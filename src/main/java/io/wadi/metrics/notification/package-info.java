/**
 * Notifications: sends the firing and resolved alerts of the alerts topic to Alertmanager's API v2
 * ({@code POST /api/v2/alerts}).
 *
 * <p>Alertmanager deduplicates equal alerts and resolves those that are not sent again, so it is not stored which
 * alerts were sent: each instance reads the whole topic and sends all alerts at intervals, and any number of instances
 * can do so.
 */
package io.wadi.metrics.notification;
