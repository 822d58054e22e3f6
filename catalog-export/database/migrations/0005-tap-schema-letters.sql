-- Names and descriptions may have any letter; a char of VOTable is ASCII.
UPDATE tap_schema.columns
SET datatype = 'unicodeChar'
WHERE table_name LIKE 'tap\_schema.%'
  AND (column_name ~ '_(name|table|column|id)$|^from_|^target_' OR column_name = 'description');
