-- The months that are frozen, and when.
SELECT formatDateTime(month, '%Y-%m') AS month, frozen_at AS frozen_ns
FROM frozen_months
WHERE org_id = {org:String}
ORDER BY month
