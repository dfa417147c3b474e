-- The months that are frozen, when, and by whose key.
SELECT formatDateTime(month, '%Y-%m') AS month, frozen_at AS frozen_ns, frozen_by
FROM frozen_months
WHERE org_id = {org:String}
ORDER BY month
