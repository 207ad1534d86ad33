-- items, frozen
SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
    
    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount), bit_count(bit_or(s.members))
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM reporting_demandtotal
            WHERE filing_id = asked.filing_id  OFFSET 0
        ) AS s
        JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
 UNION ALL 
    SELECT asked.number, ''::text, ''::text, ''::text, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, SUM(g.institutions)::bigint
    FROM unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
    JOIN reporting_demandreporters g ON g.filing_id = asked.filing_id WHERE TRUE GROUP BY asked.number;

-- items by province, frozen and at work
WITH working_who AS MATERIALIZED (SELECT *, 
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
 AS spot FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_own)s::bigint[], %(working_own_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.place <> '' AND g.counts UNION ALL SELECT -1 AS number, g.place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            WHERE g.filing_id = ANY(%(working_opened)s::bigint[]) AND g.place <> '' AND g.counts) AS counted), 
    working_spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM working_who GROUP BY spot, number, place, row_facet, column_facet
    )
 
    SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
    
    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount), bit_count(bit_or(s.members))
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM reporting_demandtotal
            WHERE filing_id = asked.filing_id  OFFSET 0
        ) AS s
        JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
 UNION ALL 
    SELECT asked.number, ''::text, ''::text, ''::text, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, SUM(g.institutions)::bigint
    FROM unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
    JOIN reporting_demandreporters g ON g.filing_id = asked.filing_id WHERE TRUE GROUP BY asked.number
 UNION ALL 
    SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
    
    CROSS JOIN LATERAL (
        SELECT bit_or(g.members) AS bits FROM reporting_progressreporters g WHERE g.filing_id = asked.filing_id AND g.counts
    ) AS counted

    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount), bit_count(bit_or(s.members) & counted.bits)
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM reporting_progresstotal
            WHERE filing_id = asked.filing_id  OFFSET 0
        ) AS s
        JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
 UNION ALL 
    SELECT asked.number, ''::text, ''::text, ''::text, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, SUM(g.institutions)::bigint
    FROM unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
    JOIN reporting_progressreporters g ON g.filing_id = asked.filing_id WHERE g.counts GROUP BY asked.number
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount)
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM working_who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM reporting_progressgrouptotal WHERE group_id = who.id  OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN unnest(%(cell_items)s::bigint[], %(cell_keys)s::int[], %(cell_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM working_who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(working_all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM reporting_progresstotal WHERE filing_id = wanted.filing_id  OFFSET 0
            ) AS t
            JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, institutions
    FROM working_spots;

-- varieties in one unit each, some items
WITH frozen_who AS MATERIALIZED (SELECT *, 
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
 AS spot FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            JOIN unnest(%(frozen_own)s::bigint[], %(frozen_own_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.place <> '' AND TRUE UNION ALL SELECT -1 AS number, g.place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            WHERE g.filing_id = ANY(%(frozen_opened)s::bigint[]) AND g.place <> '' AND TRUE) AS counted), 
    frozen_spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM frozen_who GROUP BY spot, number, place, row_facet, column_facet
    )
 
    SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
    
    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount), bit_count(bit_or(s.members))
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM reporting_demandtotal
            WHERE filing_id = asked.filing_id AND item_id = ANY(%(which)s::bigint[]) OFFSET 0
        ) AS s
        JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount)
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM frozen_who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM reporting_demandgrouptotal WHERE group_id = who.id AND item_id = ANY(%(which)s::bigint[]) OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN unnest(%(cell_items)s::bigint[], %(cell_keys)s::int[], %(cell_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN frozen_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM frozen_who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(frozen_all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM reporting_demandtotal WHERE filing_id = wanted.filing_id AND item_id = ANY(%(which)s::bigint[]) OFFSET 0
            ) AS t
            JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN frozen_spots USING (spot);

-- all items together, several units
SELECT asked.number, ''::text, ''::text, ''::text, t.key, SUM(t.quantity)::bigint, SUM(t.previous)::bigint,
        MIN(t.low), MAX(t.high), SUM(t.amount) * 100, SUM(t.institutions)::bigint
    FROM unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
    
    CROSS JOIN LATERAL (
        SELECT bit_or(g.members) AS bits FROM reporting_progressreporters g WHERE g.filing_id = asked.filing_id AND g.counts
    ) AS counted

    CROSS JOIN LATERAL (
        SELECT key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount), bit_count(bit_or(s.members) & counted.bits)
        FROM (
            SELECT item_id, quantity, previous, amount, members FROM reporting_progresstotal
            WHERE filing_id = asked.filing_id  OFFSET 0
        ) AS s
        JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY key
    ) AS t (key, quantity, previous, low, high, amount, institutions)
    GROUP BY asked.number, t.key
 UNION ALL 
    SELECT asked.number, ''::text, ''::text, ''::text, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, SUM(g.institutions)::bigint
    FROM unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
    JOIN reporting_progressreporters g ON g.filing_id = asked.filing_id WHERE g.counts GROUP BY asked.number;

-- places alone
WITH frozen_who AS MATERIALIZED (SELECT * FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            JOIN unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE TRUE UNION ALL SELECT -1 AS number, g.place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            WHERE g.filing_id = ANY(%(frozen_opened)s::bigint[]) AND g.place <> '' AND TRUE) AS counted), working_who AS MATERIALIZED (SELECT * FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.counts UNION ALL SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, ''::text AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_own)s::bigint[], %(working_own_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.place <> '' AND g.counts) AS counted) 
    SELECT number, place, row_facet, column_facet, 0, SUM(quantity)::bigint, SUM(previous)::bigint,
        NULL::int, NULL::int, SUM(amount) * 100, SUM(institutions)::bigint
    FROM frozen_who GROUP BY number, place, row_facet, column_facet
 UNION ALL 
    SELECT number, place, row_facet, column_facet, 0, SUM(quantity)::bigint, SUM(previous)::bigint,
        NULL::int, NULL::int, SUM(amount) * 100, SUM(institutions)::bigint
    FROM working_who GROUP BY number, place, row_facet, column_facet;

-- grades by ownership
WITH frozen_who AS MATERIALIZED (SELECT * FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, g.grade AS row_facet, g.ownership AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            JOIN unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE TRUE) AS counted) 
    SELECT number, place, row_facet, column_facet, 0, SUM(quantity)::bigint, SUM(previous)::bigint,
        NULL::int, NULL::int, SUM(amount) * 100, SUM(institutions)::bigint
    FROM frozen_who GROUP BY number, place, row_facet, column_facet;

-- items by grade, of one kind
WITH frozen_who AS MATERIALIZED (SELECT *, 
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
 AS spot FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, g.grade AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_demandreporters g
            JOIN unnest(%(frozen_wholes)s::bigint[], %(frozen_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.kind = ANY(%(only_kind)s)) AS counted), 
    frozen_spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM frozen_who GROUP BY spot, number, place, row_facet, column_facet
    )
, working_who AS MATERIALIZED (SELECT *, 
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
 AS spot FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, g.grade AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.kind = ANY(%(only_kind)s) AND g.counts UNION ALL SELECT -1 AS number, g.place, g.id, g.filing_id, ''::text AS row_facet, g.grade AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            WHERE g.filing_id = ANY(%(working_opened)s::bigint[]) AND g.place <> '' AND g.kind = ANY(%(only_kind)s) AND g.counts) AS counted), 
    working_spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM working_who GROUP BY spot, number, place, row_facet, column_facet
    )
 
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount)
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM frozen_who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM reporting_demandgrouptotal WHERE group_id = who.id  OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN unnest(%(cell_items)s::bigint[], %(cell_keys)s::int[], %(cell_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN frozen_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM frozen_who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(frozen_all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM reporting_demandtotal WHERE filing_id = wanted.filing_id  OFFSET 0
            ) AS t
            JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN frozen_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, institutions
    FROM frozen_spots
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount)
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM working_who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM reporting_progressgrouptotal WHERE group_id = who.id  OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN unnest(%(cell_items)s::bigint[], %(cell_keys)s::int[], %(cell_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM working_who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(working_all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM reporting_progresstotal WHERE filing_id = wanted.filing_id  OFFSET 0
            ) AS t
            JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, institutions
    FROM working_spots;

-- items by status
WITH working_who AS MATERIALIZED (SELECT *, 
    dense_rank() OVER (ORDER BY number, place, row_facet COLLATE "C", column_facet COLLATE "C")::int
 AS spot FROM (SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, g.status AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_wholes)s::bigint[], %(working_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE TRUE UNION ALL SELECT asked.number, '' AS place, g.id, g.filing_id, ''::text AS row_facet, g.status AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            JOIN unnest(%(working_own)s::bigint[], %(working_own_numbers)s::int[]) AS asked (filing_id, number)
                ON asked.filing_id = g.filing_id WHERE g.place <> '' AND TRUE UNION ALL SELECT -1 AS number, g.place, g.id, g.filing_id, ''::text AS row_facet, g.status AS column_facet,
            g.institutions, g.members, g.quantity, g.previous, g.amount FROM reporting_progressreporters g
            WHERE g.filing_id = ANY(%(working_opened)s::bigint[]) AND g.place <> '' AND TRUE) AS counted), 
    working_spots AS MATERIALIZED (
        SELECT spot, number, place, row_facet, column_facet, SUM(institutions)::bigint AS institutions
        FROM working_who GROUP BY spot, number, place, row_facet, column_facet
    )
 
    SELECT number, place, row_facet, column_facet, key, quantity, previous, low, high, amount * 100,
        NULL::bigint
    FROM (
        SELECT spot, key, SUM(s.quantity)::bigint, SUM(s.previous)::bigint, NULL::int, NULL::int, SUM(s.amount)
        FROM (
            SELECT spot, item_id, SUM(kept.quantity)::bigint AS quantity, SUM(kept.previous)::bigint AS previous,
                SUM(kept.amount) AS amount
            FROM working_who AS who CROSS JOIN LATERAL (
                SELECT item_id, quantity, previous, amount FROM reporting_progressgrouptotal WHERE group_id = who.id  OFFSET 0
            ) AS kept
            GROUP BY spot, item_id
        ) AS s
        JOIN unnest(%(cell_items)s::bigint[], %(cell_keys)s::int[], %(cell_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = s.item_id GROUP BY spot, key
    ) AS added (spot, key, quantity, previous, low, high, amount)
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, key, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, wanted.institutions
    FROM (
        SELECT members.spot, wanting.key, SUM(bit_count(members.bits & wanting.bits))::bigint AS institutions
        FROM (SELECT spot, filing_id, bit_or(members) AS bits FROM working_who GROUP BY spot, filing_id) AS members
        JOIN (
            SELECT t.filing_id, keyed.key, bit_or(t.members) AS bits
            FROM unnest(%(working_all)s::bigint[]) AS wanted (filing_id)
            CROSS JOIN LATERAL (
                SELECT filing_id, item_id, members FROM reporting_progresstotal WHERE filing_id = wanted.filing_id  OFFSET 0
            ) AS t
            JOIN unnest(%(all_items)s::bigint[], %(all_keys)s::int[], %(all_units)s::int[])
        AS keyed (item_id, key, unit) ON keyed.item_id = t.item_id
            GROUP BY t.filing_id, keyed.key
        ) AS wanting ON wanting.filing_id = members.filing_id
        GROUP BY members.spot, wanting.key
    ) AS wanted
    JOIN working_spots USING (spot)
 UNION ALL 
    SELECT number, place, row_facet, column_facet, -1, NULL::bigint, NULL::bigint, NULL::int, NULL::int,
        NULL::numeric, institutions
    FROM working_spots;
