/** A column of texts that a standard has defined, but for its name, UCD and description. */
export const STANDARD_TEXT = {
  datatype: 'char',
  arraysize: '*',
  xtype: null,
  unit: null,
  utype: null,
  principal: true,
  indexed: false,
  std: true,
} as const;
