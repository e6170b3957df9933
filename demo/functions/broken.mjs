// Fails, to show what the caller gets then.
export const handler = async () => {
  console.log('about to fail');
  throw new Error('this function is broken on purpose');
};
