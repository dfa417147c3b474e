-- What earlier versions settled lacks what later columns tell. The sweep begins anew from the first fact,
-- beside what arrives; it writes only what comes out differently.
INSERT INTO watermarks (level, watermark) SELECT 'settle', 0;
